import { canonicalJson, type Json, type JsonObject } from "#lib/core/json.ts";
import type { ChatMessage, PlaceholderValues, PromptContent } from "#lib/prompts/schema.ts";
import { compile } from "#lib/prompts/template.ts";
import { readMessages } from "#lib/traces/conventions/messages.ts";
import type { Message } from "#lib/traces/span.ts";
import { toChatMessages } from "./literal-content.ts";

export type RestoredMessages = {
  placeholders: PlaceholderValues;
  /** What the caller added after the prompt. */
  messages: ChatMessage[];
  /** Whether the prompt with all this compiles to exactly what was sent. */
  isExact: boolean;
};

/**
 * What besides variables went into a call of a prompt: the messages that filled its first placeholder, or, if it has
 * none, those that followed it. Found by compiling the prompt and looking at what is left over. Pure.
 */
export function restoreMessages(
  content: PromptContent,
  variables: JsonObject,
  sent: readonly Message[],
): RestoredMessages {
  const bare = compile(content, variables).messages.length;
  const extra = Math.max(0, sent.length - bare);
  const list = content.type === "chat" ? content.messages : [];
  const place = list.findIndex((message) => message.type === "placeholder");
  const placeholder = list[place];
  // What stands before it may compile to more messages than it is: examples, includes.
  const before = content.type === "chat" ? { ...content, messages: list.slice(0, place) } : content;
  const at = placeholder ? compile(before, variables).messages.length : bare;
  const added = toChatMessages(sent.slice(at, at + extra)).messages;
  const placeholders: PlaceholderValues =
    placeholder?.type === "placeholder" && added.length > 0 ? { [placeholder.name]: added } : {};
  const messages = placeholder ? [] : added;
  const compiled = [...compile(content, variables, placeholders).messages, ...messages];
  return { placeholders, messages, isExact: isSame(compiled, sent) };
}

/** Whether chat messages, once read as a span's are, say what a span's say. */
export function isSame(messages: readonly ChatMessage[], sent: readonly Message[]): boolean {
  const read = readMessages(messages as unknown as Json[], "user") ?? [];
  return said(read) === said(sent);
}

function said(messages: readonly Message[]): string {
  return canonicalJson(messages.map(({ role, name, parts }) => [role.toLowerCase(), name, parts]));
}
