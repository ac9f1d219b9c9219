import type { JsonObject } from "#lib/core/json.ts";
import { type OpenAiParameters, type SamplingParameters, toOpenAi } from "#lib/models/parameters.ts";
import type { ChatMessage, PromptContent, Tool, ToolChoice } from "./schema.ts";

/** The body of a chat-completions request, without `stream` and `user`. */
export type ChatRequestBody = OpenAiParameters & {
  model: string;
  messages: ChatMessage[];
  tools?: Tool[];
  tool_choice?: ToolChoice;
  response_format?: JsonObject;
};

/**
 * A compiled prompt as a provider takes it: its messages, tools and response format, with `parameters` (the
 * prompt's own merged with the model's and the caller's). `model` is the provider's id of the model.
 */
export function toChatRequest(
  content: PromptContent,
  messages: ChatMessage[],
  options: { model: string; parameters: SamplingParameters },
): ChatRequestBody {
  const hasTools = content.tools.length > 0;
  const format = toOpenAiFormat(content.responseFormat);
  return {
    model: options.model,
    messages,
    ...toOpenAi(options.parameters, options.model),
    ...(hasTools && { tools: content.tools, tool_choice: content.toolChoice }),
    ...(format && { response_format: format }),
  };
}

/** OpenAI's `response_format`; undefined for plain text. */
export function toOpenAiFormat(format: PromptContent["responseFormat"]): JsonObject | undefined {
  if (format.type === "text") return undefined;
  if (format.type === "json") return { type: "json_object" };
  const { name, schema, isStrict } = format;
  return { type: "json_schema", json_schema: { name, schema, strict: isStrict } };
}
