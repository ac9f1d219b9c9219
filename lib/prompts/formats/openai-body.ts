import { z } from "zod";
import { fromOpenAi, type SamplingParameters, toOpenAi } from "#lib/models/parameters.ts";
import {
  type PromptContent,
  type ResponseFormat,
  responseFormat,
  type Tool,
  type ToolChoice,
  tool,
  toolChoice,
} from "../schema.ts";
import { toOpenAiFormat } from "../to-chat-request.ts";
import { isRecord } from "./format.ts";

/** The fields of a chat-completions body but for `model` and `messages`. */
export function toBodyFields(content: PromptContent, model: string | null): Record<string, unknown> {
  const format = toOpenAiFormat(content.responseFormat);
  return {
    ...toOpenAi(content.parameters, model ?? ""),
    ...(content.tools.length > 0 && { tools: content.tools, tool_choice: content.toolChoice }),
    ...(format && { response_format: format }),
  };
}

export type BodyFields = {
  parameters: SamplingParameters;
  tools: Tool[];
  toolChoice: ToolChoice;
  responseFormat: ResponseFormat;
};

/** Our fields out of a chat-completions body; what cannot be kept is said. `known` are fields that others read. */
export function fromBodyFields(
  body: Record<string, unknown>,
  known: readonly string[],
): BodyFields & { warnings: string[] } {
  const warnings: string[] = [];
  const parameters = fromOpenAi(body);
  const kept = new Set([
    ...Object.keys(toOpenAi(parameters)),
    ...["max_completion_tokens", "tools", "tool_choice", "response_format", ...known],
  ]);
  for (const name of Object.keys(body)) {
    if (!kept.has(name)) warnings.push(`${name} was left out: a prompt here has no such setting.`);
  }
  const tools = z.array(tool).safeParse(body.tools ?? []);
  if (!tools.success) warnings.push("tools were left out: they are not in OpenAI's form.");
  const choice = toolChoice.safeParse(body.tool_choice ?? "auto");
  if (!choice.success) warnings.push("tool_choice was left out: it is not in OpenAI's form.");
  return {
    parameters,
    tools: tools.data ?? [],
    toolChoice: tools.data?.length ? (choice.data ?? "auto") : "auto",
    responseFormat: readFormat(body.response_format, warnings),
    warnings,
  };
}

function readFormat(value: unknown, warnings: string[]): ResponseFormat {
  const asked = isRecord(value) ? value : {};
  const inner = isRecord(asked.json_schema) ? asked.json_schema : {};
  const candidate =
    asked.type === "json_object"
      ? { type: "json" }
      : asked.type === "json_schema"
        ? { type: "json_schema", name: inner.name, schema: inner.schema, isStrict: inner.strict ?? false }
        : { type: "text" };
  const parsed = responseFormat.safeParse(candidate);
  if (parsed.success) return parsed.data;
  warnings.push("response_format was left out: it is not in OpenAI's form.");
  return { type: "text" };
}
