import type { Json } from "#lib/core/json.ts";
import { fromOpenAi, type SamplingParameters } from "#lib/models/parameters.ts";
import {
  type ChatMessage,
  type ContentPart,
  type PromptContent,
  type ResponseFormat,
  type Tool,
  type ToolChoice,
  toolChoice,
} from "#lib/prompts/schema.ts";
import type { MessageRole } from "#lib/prompts/words.ts";
import type { Message, MessagePart } from "#lib/traces/span.ts";

/** The variable that stands for two opening braces: a template has no other way to say them as text. */
export const bracesName = "open_braces";

type Shared = {
  parameters: SamplingParameters;
  tools: Tool[];
  toolChoice: ToolChoice;
  responseFormat: ResponseFormat;
  modelVersionId: string | null;
};

/**
 * A prompt whose messages are these, letter for letter: it compiles to them whatever they contain. `{{` in a text
 * becomes a variable with that default. Pure.
 */
export function literalContent(messages: readonly ChatMessage[], shared: Shared): PromptContent {
  const escaped = messages.map(escapeMessage);
  const hasBraces = JSON.stringify(escaped) !== JSON.stringify(messages);
  return {
    type: "chat",
    messages: escaped.length > 0 ? escaped : [{ role: "user", content: "" }],
    variables: hasBraces
      ? [
          {
            name: bracesName,
            type: "string",
            description: "Two opening braces that are text, and no variable's beginning",
            isRequired: false,
            default: "{{",
          },
        ]
      : [],
    includes: [],
    ...shared,
  };
}

function escapeMessage(message: ChatMessage): ChatMessage {
  if (typeof message.content === "string") return { ...message, content: escapeText(message.content) };
  const parts = message.content.map(
    (part): ContentPart =>
      part.type === "text"
        ? { ...part, text: escapeText(part.text) }
        : { ...part, image_url: { ...part.image_url, url: escapeText(part.image_url.url) } },
  );
  return { ...message, content: parts };
}

function escapeText(text: string): string {
  return text.replaceAll("{{", `{{${bracesName}}}`);
}

/** A span's messages as a provider takes them, and what could not be taken over, in sentences. Pure. */
export function toChatMessages(messages: readonly Message[]): { messages: ChatMessage[]; notes: string[] } {
  const notes = new Set<string>();
  const found = messages.flatMap((message) => readMessage(message, notes));
  return { messages: found, notes: [...notes] };
}

const roles: Record<string, MessageRole> = {
  system: "system",
  developer: "developer",
  user: "user",
  human: "user",
  assistant: "assistant",
  model: "assistant",
  ai: "assistant",
  tool: "tool",
  function: "tool",
};

function readMessage({ role: said, name, parts }: Message, notes: Set<string>): ChatMessage[] {
  const role = roles[said.toLowerCase()] ?? "user";
  if (!roles[said.toLowerCase()])
    notes.add(`The role “${said}” is not one of a chat: its message is shown as the user's.`);
  const results = parts.filter((part) => part.type === "tool_result");
  const calls = parts.filter((part) => part.type === "tool_call");
  const shown = parts.flatMap((part) => readPart(part, notes));
  const answers = results.map(
    ({ id, result }): ChatMessage => ({ role: "tool", content: spell(result), tool_call_id: id ?? "" }),
  );
  if (shown.length === 0 && calls.length === 0 && results.length > 0) return answers;
  const message: ChatMessage = {
    role: role === "tool" && results.length > 0 ? "user" : role,
    content: contentOf(shown),
    ...(name !== null && { name }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call, index) => ({
        id: call.id ?? `call_${index + 1}`,
        type: "function" as const,
        function: { name: call.name, arguments: spell(call.arguments) },
      })),
    }),
  };
  return [...answers, message];
}

function readPart(part: MessagePart, notes: Set<string>): ContentPart[] {
  if (part.type === "text") return [{ type: "text", text: part.text }];
  if (part.type === "image") {
    const url =
      part.url ?? (part.bytesBase64 && `data:${part.mediaType ?? "image/png"};base64,${part.bytesBase64}`);
    if (url) return [{ type: "image_url", image_url: { url } }];
  }
  if (part.type === "reasoning")
    notes.add("The model's reasoning is left out: providers do not take it back.");
  if (part.type === "image" || part.type === "file" || part.type === "other")
    notes.add("Files, and parts of a kind that chat completions do not have, are left out.");
  return [];
}

function contentOf(parts: ContentPart[]): ChatMessage["content"] {
  const [only] = parts;
  if (!only) return "";
  return parts.length === 1 && only.type === "text" ? only.text : parts;
}

function spell(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Tools of a span in OpenAI's shape, from there or from Anthropic's and Google's. Pure. */
export function toTools(tools: readonly Json[] | null): Tool[] {
  return (tools ?? []).flatMap((each): Tool[] => {
    const given = objectOf(each);
    const named = objectOf(given?.function) ?? given;
    if (!named || typeof named.name !== "string" || named.name === "") return [];
    const parameters =
      objectOf(named.parameters) ?? objectOf(named.input_schema) ?? objectOf(named.inputSchema);
    return [
      {
        type: "function",
        function: {
          name: named.name,
          ...(typeof named.description === "string" && { description: named.description }),
          ...(parameters && { parameters }),
          ...(typeof named.strict === "boolean" && { strict: named.strict }),
        },
      },
    ];
  });
}

/** What a body of chat completions says about the answer; the ordinary where it says nothing. Pure. */
export function readOutputSettings(body: {
  [field: string]: Json | undefined;
}): Pick<Shared, "toolChoice" | "responseFormat"> {
  const choice = toolChoice.safeParse(body.tool_choice);
  const format = objectOf(body.response_format);
  const described = objectOf(format?.json_schema);
  const schema = objectOf(described?.schema);
  const responseFormat: ResponseFormat =
    format?.type === "json_schema" && schema
      ? {
          type: "json_schema",
          name: typeof described?.name === "string" ? described.name : "answer",
          schema,
          isStrict: described?.strict === true,
        }
      : { type: format?.type === "json_object" ? "json" : "text" };
  return { toolChoice: choice.success ? choice.data : "auto", responseFormat };
}

/** The sampling parameters among a span's, whatever else it holds. Pure. */
export function readParameters(parameters: { [name: string]: Json }): SamplingParameters {
  const spelled: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parameters)) spelled[openAiNames[name] ?? name] = value;
  return fromOpenAi(spelled);
}

const openAiNames: Record<string, string> = {
  topP: "top_p",
  topK: "top_k",
  maxTokens: "max_tokens",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  reasoningEffort: "reasoning_effort",
};

function objectOf(value: Json | undefined): { [field: string]: Json } | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}
