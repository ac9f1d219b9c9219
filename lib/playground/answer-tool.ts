import type { ChatRequest, ChatToolCall } from "#lib/llm/schema.ts";
import type { Tool } from "#lib/prompts/schema.ts";
import type { ToolAnswer } from "./schema.ts";

/** A tool that its call names is answered as the set-up says; one that it does not name is the person's to answer. */
export function answererOf(call: ChatToolCall, answers: Readonly<Record<string, ToolAnswer>>): ToolAnswer {
  const { name } = call.function;
  return (Object.hasOwn(answers, name) ? answers[name] : undefined) ?? { by: "hand" };
}

/** What a model is asked so that it answers in a tool's place. Pure. */
export function simulationRequest(
  model: string,
  call: ChatToolCall,
  tools: readonly Tool[],
  conversation: readonly object[],
): ChatRequest {
  const tool = tools.find((each) => each.function.name === call.function.name);
  const described = tool ? JSON.stringify(tool.function) : JSON.stringify({ name: call.function.name });
  return {
    model,
    messages: [
      {
        role: "system",
        content: `You play a tool that a language model calls. Answer with only what the tool would return for these arguments: made-up but plausible data, as JSON unless the tool returns plain text. No explanation, no code fence. Stay consistent with the conversation so far.\n\nThe tool: ${described}`,
      },
      {
        role: "user",
        content: `The conversation so far, as JSON:\n${JSON.stringify(conversation).slice(-20_000)}\n\nThe arguments of the call:\n${call.function.arguments}`,
      },
    ],
  };
}
