import type { Json, JsonObject } from "#lib/core/json.ts";
import type { Message, MessagePart } from "../span.ts";
import { asObject, asStructure } from "./parse-json.ts";

/**
 * The messages in a value of any shape that emitters send: OpenTelemetry's `{role, parts}`, OpenAI's chat messages
 * and Responses items, the AI SDK's, Anthropic's content blocks, LangChain's serialized messages, a whole request
 * (`{messages}`) or response (`{choices}`, `{output}`, `{generations}`), or bare text. Null where there is none.
 */
export function readMessages(value: Json | undefined, defaultRole: string): Message[] | null {
  const structure = asStructure(value);
  if (structure === undefined || structure === null || structure === "") return null;
  if (typeof structure !== "object") return [textMessage(defaultRole, String(structure))];
  if (Array.isArray(structure)) {
    const messages = structure.flatMap((item) => readMessage(item, defaultRole));
    return messages.length > 0 ? messages : null;
  }
  const container = readContainer(structure, defaultRole);
  if (container) return container;
  const messages = readMessage(structure, defaultRole);
  return messages.length > 0 ? messages : null;
}

/** System instructions, a bare string or a list of parts, as one system message. */
export function readInstructions(value: Json | undefined): Message[] | null {
  const structure = asStructure(value);
  if (structure === undefined || structure === null || structure === "") return null;
  if (Array.isArray(structure) && structure.every((item) => asObject(item)?.role !== undefined)) {
    return readMessages(structure, "system");
  }
  // Gemini's are a message of parts without a role.
  const parts = readParts(asObject(structure)?.parts ?? structure);
  return parts.length > 0 ? [{ role: "system", name: null, parts, finishReason: null }] : null;
}

export function textMessage(role: string, text: string): Message {
  return { role, name: null, parts: [{ type: "text", text }], finishReason: null };
}

/** Every provider's word for why an answer ended, and OpenAI's. */
const finishReasons: Record<string, string> = {
  tool_call: "tool_calls",
  tool_use: "tool_calls",
  function_call: "tool_calls",
  completed: "stop",
  complete: "stop",
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  max_output_tokens: "length",
  safety: "content_filter",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
};

/** Folds the spellings of one reason: `tool-calls`, `tool_call` and `tool_use` are `tool_calls`. */
export function foldFinishReason(reason: string): string {
  // Python's enumerations come with their name: `FinishReason.STOP`.
  const folded = reason
    .slice(reason.lastIndexOf(".") + 1)
    .toLowerCase()
    .replaceAll("-", "_");
  return Object.hasOwn(finishReasons, folded) ? finishReasons[folded]! : folded;
}

/** A request or a response that holds messages under one of the names providers use. */
function readContainer(value: JsonObject, defaultRole: string): Message[] | null {
  if (Array.isArray(value.messages)) {
    const system = readInstructions(value.system ?? value.instructions) ?? [];
    const messages = readMessages(value.messages, defaultRole) ?? [];
    return [...system, ...messages];
  }
  if (Array.isArray(value.choices)) {
    return value.choices.flatMap((item) => {
      const choice = asObject(item);
      if (!choice) return [];
      const source = asObject(choice.message) ?? asObject(choice.delta) ?? { content: choice.text ?? null };
      return readMessage({ finish_reason: choice.finish_reason ?? null, ...source }, "assistant");
    });
  }
  if (Array.isArray(value.contents)) {
    const system = readInstructions(value.system_instruction ?? value.systemInstruction) ?? [];
    return [...system, ...(readMessages(value.contents, defaultRole) ?? [])];
  }
  if (Array.isArray(value.candidates)) {
    return value.candidates.flatMap((item) => {
      const { content = null, ...candidate } = asObject(item) ?? {};
      const reason = candidate.finish_reason ?? candidate.finishReason ?? null;
      return readMessage({ finish_reason: reason, ...(asObject(content) ?? { content }) }, "assistant");
    });
  }
  const output = asObject(value.output);
  if (output && asObject(output.message)) {
    const reason = value.stopReason ?? null;
    return readMessage({ finish_reason: reason, ...asObject(output.message) }, "assistant");
  }
  if (Array.isArray(value.generations)) {
    return value.generations.flat().flatMap((item) => {
      const generation = asObject(item);
      return generation ? readMessage(generation.message ?? generation.text ?? null, "assistant") : [];
    });
  }
  if (value.role !== undefined || value.parts !== undefined || value.type !== undefined) return null;
  if (Array.isArray(value.output)) return readMessages(value.output, "assistant");
  if (value.prompt !== undefined && defaultRole === "user") {
    return [...(readInstructions(value.system) ?? []), ...(readMessages(value.prompt, "user") ?? [])];
  }
  if (value.input !== undefined && defaultRole === "user") {
    return [...(readInstructions(value.instructions) ?? []), ...(readMessages(value.input, "user") ?? [])];
  }
  return null;
}

/** Other words for a role, as LangChain's, Gemini's and older OpenAI's messages have them. */
const roles: Record<string, string> = {
  human: "user",
  ai: "assistant",
  model: "assistant",
  bot: "assistant",
  function: "tool",
};

const langchainRoles: Record<string, string> = {
  human: "user",
  ai: "assistant",
  HumanMessage: "user",
  AIMessage: "assistant",
  AIMessageChunk: "assistant",
  SystemMessage: "system",
  ToolMessage: "tool",
  FunctionMessage: "tool",
};

/** One item of a list of messages. A Responses function call, or a lone part, is a message of its own. */
function readMessage(item: Json, defaultRole: string): Message[] {
  if (Array.isArray(item)) return item.flatMap((inner) => readMessage(inner, defaultRole));
  const value = asObject(item);
  if (!value) {
    return typeof item === "string" && item !== "" ? [textMessage(defaultRole, item)] : [];
  }
  const serialized = asObject(value.kwargs) ?? asObject(value.data);
  if (serialized && (Array.isArray(value.id) || typeof value.type === "string")) {
    const name = Array.isArray(value.id) ? String(value.id.at(-1)) : String(value.type);
    return readMessage({ ...serialized, role: langchainRoles[name] ?? defaultRole, type: null }, defaultRole);
  }
  const choice = value.role === undefined ? asObject(value.message) : null;
  if (choice) return readMessage({ finish_reason: value.finish_reason ?? null, ...choice }, defaultRole);
  if (value.role === undefined && typeof value.type === "string") {
    if (value.type in langchainRoles && value.content !== undefined) {
      return readMessage({ ...value, role: langchainRoles[value.type]!, type: null }, defaultRole);
    }
    const part = readPart(value);
    return part
      ? [{ role: roleOfPart(part, defaultRole), name: null, parts: [part], finishReason: null }]
      : [];
  }
  const named = text(value.role)?.toLowerCase() ?? defaultRole;
  const said = Object.hasOwn(roles, named) ? roles[named]! : named;
  const parts = [
    ...(text(value.reasoning_content)
      ? [{ type: "reasoning" as const, text: text(value.reasoning_content)! }]
      : []),
    ...(said === "tool" && value.parts === undefined
      ? readToolResult(value)
      : readParts(value.parts ?? value.content)),
    ...(text(value.refusal) ? [{ type: "text" as const, text: text(value.refusal)! }] : []),
    ...readToolCalls(value.tool_calls ?? value.toolCalls),
  ];
  const call = asObject(value.function_call);
  if (call) parts.push(toolCall(null, call.name, call.arguments));
  if (parts.length === 0 && value.content === undefined && value.parts === undefined) return [];
  const finishReason =
    text(value.finish_reason) ??
    text(value.finishReason) ??
    text(value.stop_reason) ??
    text(value.stopReason);
  // Anthropic's and Pydantic's tool results come in a user's message.
  const isToolResult =
    said === "user" && parts.length > 0 && parts.every((part) => part.type === "tool_result");
  const role = isToolResult ? "tool" : said;
  return [
    { role, name: text(value.name), parts, finishReason: finishReason && foldFinishReason(finishReason) },
  ];
}

function roleOfPart(part: MessagePart, defaultRole: string): string {
  if (part.type === "tool_call") return "assistant";
  return part.type === "tool_result" ? "tool" : defaultRole;
}

/** A tool's answer: one result, unless its content is a list of result parts (the AI SDK's). */
function readToolResult(value: JsonObject): MessagePart[] {
  const content = value.content ?? null;
  const parts = Array.isArray(content) ? readParts(content) : [];
  if (parts.some((part) => part.type === "tool_result")) return parts;
  return [{ type: "tool_result", id: text(value.tool_call_id) ?? text(value.toolCallId), result: content }];
}

function readToolCalls(value: Json | undefined): MessagePart[] {
  const calls = asStructure(value);
  if (!Array.isArray(calls)) return [];
  return calls.flatMap((item) => {
    const call = asObject(item);
    if (!call) return [];
    const described = asObject(call.function) ?? call;
    const id = text(call.id) ?? text(call.toolCallId) ?? text(call.call_id);
    return [toolCall(id, described.name ?? call.toolName, described.arguments ?? call.args ?? call.input)];
  });
}

function toolCall(id: string | null, name: Json | undefined, args: Json | undefined): MessagePart {
  return { type: "tool_call", id, name: text(name) ?? "", arguments: asStructure(args ?? null) ?? null };
}

function readParts(value: Json | undefined): MessagePart[] {
  if (value === undefined || value === null || value === "") return [];
  if (Array.isArray(value)) return value.flatMap((item) => readParts(item));
  if (typeof value !== "object") return [{ type: "text", text: String(value) }];
  const part = readPart(value);
  return part ? [part] : [];
}

type PartReader = (part: JsonObject) => MessagePart | null;

const readText: PartReader = (part) => {
  const content = text(part.text) ?? text(part.content) ?? text(part.refusal);
  return content === null ? null : { type: "text", text: content };
};

const readReasoning: PartReader = (part) => {
  const summary = Array.isArray(part.summary)
    ? part.summary.map((item) => text(asObject(item)?.text) ?? "").join("\n")
    : null;
  const content =
    text(part.content) ?? text(part.text) ?? text(part.thinking) ?? text(part.reasoning) ?? summary;
  return content === null ? null : { type: "reasoning", text: content };
};

const readToolCallPart: PartReader = (part) => {
  const id = text(part.id) ?? text(part.toolCallId);
  const described = asObject(part.function) ?? part;
  return toolCall(id, described.name ?? part.toolName, described.arguments ?? part.input ?? part.args);
};

const readFunctionCall: PartReader = (part) =>
  toolCall(text(part.call_id) ?? text(part.id), part.name, part.arguments);

const readResultPart: PartReader = (part) => {
  const id = text(part.id) ?? text(part.toolCallId) ?? text(part.tool_use_id) ?? text(part.call_id);
  const result = part.response ?? part.result ?? part.output ?? part.content ?? null;
  return { type: "tool_result", id, result: asStructure(result) ?? null };
};

const readImage: PartReader = (part) => {
  const holder = asObject(part.image_url) ?? asObject(part.image) ?? part;
  const source = asObject(part.source);
  const inline = asObject(holder.image);
  const address =
    text(part.image_url) ?? text(part.image) ?? text(inline?.url) ?? text(holder.url) ?? text(source?.url);
  const mediaType = text(part.mediaType) ?? text(part.mimeType) ?? text(source?.media_type);
  return imageOf(address, mediaType, text(source?.data));
};

/** A `data:` address is bytes: it is kept as such, so that nothing is ever fetched to show it. */
function imageOf(address: string | null, mediaType: string | null, bytesBase64: string | null): MessagePart {
  const inline = address?.match(/^data:([^;,]+);base64,(.*)$/s);
  if (inline) return { type: "image", url: null, mediaType: inline[1]!, bytesBase64: inline[2]! };
  return { type: "image", url: address, mediaType, bytesBase64 };
}

function readInline(part: JsonObject): MessagePart {
  return readBlob({ ...part, mime_type: part.mime_type ?? part.mimeType ?? null })!;
}

const readBlob: PartReader = (part) => {
  const mediaType = text(part.mime_type);
  const bytesBase64 = text(part.content) ?? text(part.data);
  if (part.modality === "image" || mediaType?.startsWith("image/"))
    return imageOf(null, mediaType, bytesBase64);
  return { type: "other", value: part };
};

const readUri: PartReader = (part) => {
  const mediaType = text(part.mime_type);
  const url = text(part.uri);
  if (part.modality === "image" || mediaType?.startsWith("image/")) return imageOf(url, mediaType, null);
  return { type: "file", url, fileId: null, mediaType };
};

const readFile: PartReader = (part) => {
  const file = asObject(part.file) ?? part;
  const mediaType = text(part.mediaType) ?? text(part.mimeType) ?? text(part.mime_type);
  const fileId = text(file.file_id);
  const url = text(file.url) ?? text(part.file_url);
  return fileId || url ? { type: "file", url, fileId, mediaType } : { type: "other", value: part };
};

const partReaders: Record<string, PartReader> = {
  text: readText,
  input_text: readText,
  output_text: readText,
  summary_text: readText,
  refusal: readText,
  reasoning: readReasoning,
  thinking: readReasoning,
  tool_call: readToolCallPart,
  "tool-call": readToolCallPart,
  tool_use: readToolCallPart,
  function_call: readFunctionCall,
  server_tool_call: readToolCallPart,
  tool_call_response: readResultPart,
  server_tool_call_response: readResultPart,
  "tool-result": readResultPart,
  tool_result: readResultPart,
  function_call_output: readResultPart,
  image: readImage,
  image_url: readImage,
  input_image: readImage,
  blob: readBlob,
  uri: readUri,
  file: readFile,
  input_file: readFile,
};

/** Parts without a type, told by the one member they have: Gemini's and Bedrock's. */
const untypedReaders: Record<string, PartReader> = {
  functionCall: readToolCallPart,
  function_call: readToolCallPart,
  functionResponse: readResultPart,
  function_response: readResultPart,
  toolUse: (part) => toolCall(text(part.toolUseId), part.name, part.input),
  toolResult: (part) => ({ type: "tool_result", id: text(part.toolUseId), result: bare(part.content) }),
  reasoningContent: (part) => readReasoning(asObject(part.reasoningText) ?? part),
  inlineData: readInline,
  inline_data: readInline,
  fileData: (part) => readUri({ ...part, uri: part.fileUri ?? null, mime_type: part.mimeType ?? null }),
  file_data: (part) => readUri({ ...part, uri: part.file_uri ?? null }),
  image: (part) => imageOf(null, `image/${text(part.format) ?? "png"}`, text(asObject(part.source)?.bytes)),
};

/** A list of one text block is that text. */
function bare(content: Json | undefined): Json {
  const [only, ...others] = Array.isArray(content) ? content : [];
  const block = others.length === 0 ? asObject(only) : null;
  return block?.text ?? block?.json ?? content ?? null;
}

function readUntyped(part: JsonObject): MessagePart | null {
  if (part.thought === true && typeof part.text === "string") return { type: "reasoning", text: part.text };
  for (const member in part) {
    const inner = Object.hasOwn(untypedReaders, member) ? asObject(part[member]) : null;
    if (inner) return untypedReaders[member]!(inner);
  }
  return null;
}

function readPart(part: JsonObject): MessagePart | null {
  if (part.type === undefined || part.type === null) {
    const found = readUntyped(part);
    if (found) return found;
  }
  const type = text(part.type) ?? (part.text !== undefined ? "text" : "");
  const reader = Object.hasOwn(partReaders, type) ? partReaders[type]! : undefined;
  return reader?.(part) ?? { type: "other", value: part };
}

function text(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
