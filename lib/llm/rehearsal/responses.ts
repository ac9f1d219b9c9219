import { z } from "zod";
import type { JsonObject } from "#lib/core/json.ts";
import { loadTokenizer } from "../tokens.ts";
import { textOf, usageOf } from "./chat.ts";
import { parseChatRequest, parseWith } from "./chat-request.ts";
import { type Choice, generateChoice } from "./generate.ts";
import { newHexId } from "./hex-id.ts";
import type { RehearsalModel } from "./models.ts";
import { Pace } from "./pace.ts";
import { countPromptTokens } from "./prompt.ts";
import { sseResponse } from "./sse.ts";

const inputItem = z.union([
  z.object({
    type: z.literal("message").optional(),
    role: z.enum(["user", "assistant", "system", "developer"]),
    content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]),
  }),
  z.object({
    type: z.literal("function_call"),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.object({ type: z.literal("function_call_output"), call_id: z.string(), output: z.string() }),
]);

const responsesRequest = z.looseObject({
  model: z.string(),
  input: z.union([z.string().min(1), z.array(inputItem).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }).optional() }).nullish(),
  tools: z.array(z.looseObject({ type: z.string(), name: z.string().optional() })).nullish(),
  tool_choice: z.unknown().optional(),
});
type ResponsesRequest = z.infer<typeof responsesRequest>;

/** Answers `POST /v1/responses` by way of the chat request that means the same. Nothing is stored. */
export async function answerResponses(
  body: unknown,
  findModel: (name: string) => { model: RehearsalModel; speed: number },
  signal: AbortSignal,
): Promise<Response> {
  const request = parseWith(responsesRequest, body);
  const { model, speed } = findModel(request.model);
  const chat = parseChatRequest(toChat(request));
  const promptTokens = countPromptTokens(await loadTokenizer(), chat.messages, chat.tools);
  const choice = await generateChoice(chat, model, 0);
  const pace = new Pace(model, speed, choice.reasoningTokens);
  const response = describeResponse(request, model, choice, promptTokens);
  if (request.stream) return sseResponse(streamEvents(response, choice, pace, signal));
  await pace.first(signal);
  await pace.next(signal, choice.tokens.length);
  return Response.json(response.done);
}

function toChat(request: ResponsesRequest): JsonObject {
  const items =
    typeof request.input === "string" ? [{ role: "user" as const, content: request.input }] : request.input;
  const messages = items.map((item) => {
    if (item.type === "function_call_output")
      return { role: "tool", tool_call_id: item.call_id, content: item.output };
    if (item.type === "function_call") {
      const call = {
        id: item.call_id,
        type: "function",
        function: { name: item.name, arguments: item.arguments },
      };
      return { role: "assistant", content: null, tool_calls: [call] };
    }
    const content =
      typeof item.content === "string" ? item.content : item.content.map((part) => part.text ?? "").join("");
    return { role: item.role, content };
  });
  const format = request.text?.format;
  const { type: _, ...jsonSchema } = format ?? { type: "text" };
  const tools = (request.tools ?? [])
    .filter((tool) => tool.type === "function")
    .map(({ type, ...definition }) => ({ type, function: definition }));
  const choice = request.tool_choice as string | { name?: string } | undefined;
  return {
    model: request.model,
    messages: request.instructions
      ? [{ role: "system", content: request.instructions }, ...messages]
      : messages,
    temperature: request.temperature,
    top_p: request.top_p,
    max_completion_tokens: request.max_output_tokens,
    reasoning_effort: request.reasoning?.effort,
    seed: request.seed,
    response_format:
      format?.type === "json_schema"
        ? { type: "json_schema", json_schema: jsonSchema }
        : format?.type === "json_object"
          ? { type: "json_object" }
          : undefined,
    ...(tools.length > 0 && {
      tools,
      tool_choice:
        typeof choice === "object" && choice?.name
          ? { type: "function", function: { name: choice.name } }
          : choice,
    }),
  } as unknown as JsonObject;
}

type Described = { open: JsonObject; done: JsonObject; item: JsonObject };

function describeResponse(
  request: ResponsesRequest,
  model: RehearsalModel,
  choice: Choice,
  promptTokens: number,
): Described {
  const usage = usageOf(promptTokens, [choice]);
  const item: JsonObject = choice.toolCall
    ? {
        id: `fc_${newHexId()}`,
        type: "function_call",
        status: "completed",
        call_id: `call_${newHexId()}`,
        name: choice.toolCall.name,
        arguments: textOf(choice),
      }
    : {
        id: `msg_${newHexId()}`,
        type: "message",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: textOf(choice), annotations: [], logprobs: [] }],
      };
  const isCut = choice.finishReason === "length";
  const shared = {
    id: `resp_${newHexId()}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    model: model.id,
    error: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: {},
    parallel_tool_calls: true,
    previous_response_id: null,
    store: false,
    temperature: request.temperature ?? 1,
    top_p: request.top_p ?? 1,
    tool_choice: "auto",
    tools: (request.tools ?? []) as JsonObject[],
    truncation: "disabled",
  };
  return {
    open: { ...shared, status: "in_progress", incomplete_details: null, output: [], usage: null },
    item,
    done: {
      ...shared,
      status: isCut ? "incomplete" : "completed",
      incomplete_details: isCut ? { reason: "max_output_tokens" } : null,
      output: [item],
      usage: {
        input_tokens: usage.prompt_tokens,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: usage.completion_tokens,
        output_tokens_details: { reasoning_tokens: choice.reasoningTokens },
        total_tokens: usage.total_tokens,
      },
    },
  };
}

async function* streamEvents(
  { open, item, done }: Described,
  choice: Choice,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let sequence = 0;
  const event = (type: string, fields: JsonObject) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`;
  const place = { item_id: item.id!, output_index: 0 };
  const textPlace = { ...place, content_index: 0 };
  const emptyPart = { type: "output_text", text: "", annotations: [], logprobs: [] };
  const opened = choice.toolCall
    ? { ...item, status: "in_progress", arguments: "" }
    : { ...item, status: "in_progress", content: [] };

  yield event("response.created", { response: open });
  yield event("response.in_progress", { response: open });
  await pace.first(signal);
  yield event("response.output_item.added", { output_index: 0, item: opened });
  if (!choice.toolCall) yield event("response.content_part.added", { ...textPlace, part: emptyPart });
  for (const token of choice.tokens) {
    await pace.next(signal);
    yield choice.toolCall
      ? event("response.function_call_arguments.delta", { ...place, delta: token.text })
      : event("response.output_text.delta", { ...textPlace, delta: token.text, logprobs: [] });
  }
  if (choice.toolCall) {
    yield event("response.function_call_arguments.done", {
      ...place,
      arguments: textOf(choice),
      name: choice.toolCall.name,
    });
  } else {
    yield event("response.output_text.done", { ...textPlace, text: textOf(choice), logprobs: [] });
    yield event("response.content_part.done", { ...textPlace, part: { ...emptyPart, text: textOf(choice) } });
  }
  yield event("response.output_item.done", { output_index: 0, item });
  yield event(done.status === "incomplete" ? "response.incomplete" : "response.completed", {
    response: done,
  });
}
