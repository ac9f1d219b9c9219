import { countTokens, loadTokenizer } from "#lib/llm/tokens.ts";
import type { Message, Span } from "#lib/traces/span.ts";

/**
 * Counts the tokens of a chat whose provider did not (a stream without `include_usage`, or one that was cut off) with
 * o200k_base, and says so: `source: "estimated"`. Reasoning that was not shown is not in it.
 */
export async function estimateUsage(span: Span): Promise<Span> {
  if (span.usage.source !== "missing" || span.operation !== "chat" || !span.outputMessages) return span;
  const tokenizer = await loadTokenizer();
  const count = (messages: readonly Message[]) =>
    messages.reduce((sum, message) => sum + countTokens(tokenizer, textOf(message)), 0);
  const input = span.inputMessages ?? [];
  // Three tokens frame each message and three open the answer, as OpenAI's chat format does.
  const inputTokens = count(input) + 4 * input.length + 3;
  return {
    ...span,
    usage: { ...span.usage, inputTokens, outputTokens: count(span.outputMessages), source: "estimated" },
  };
}

function textOf({ parts }: Message): string {
  return parts
    .map((part) => {
      if (part.type === "text" || part.type === "reasoning") return part.text;
      if (part.type === "tool_call") return `${part.name} ${JSON.stringify(part.arguments)}`;
      return part.type === "tool_result" ? JSON.stringify(part.result) : "";
    })
    .join("\n");
}
