import { countTokens, type Tokenizer } from "../tokens.ts";
import type { ChatMessageIn } from "./chat-request.ts";

/** A message's text; the text parts of one that has parts. */
export function textOf(message: ChatMessageIn): string {
  if (typeof message.content === "string") return message.content;
  return (message.content ?? []).map((part) => (part.type === "text" ? (part.text ?? "") : "")).join("");
}

/** As OpenAI's cookbook counts a prompt: 3 tokens a message and 3 that open the answer, plus the tools' JSON. */
export function countPromptTokens(
  tokenizer: Tokenizer,
  messages: readonly ChatMessageIn[],
  tools: unknown,
): number {
  const counts = messages.map((message) => {
    const calls = message.tool_calls ? JSON.stringify(message.tool_calls) : "";
    return 3 + countTokens(tokenizer, message.role) + countTokens(tokenizer, textOf(message) + calls);
  });
  const toolTokens = tools ? countTokens(tokenizer, JSON.stringify(tools)) : 0;
  return 3 + toolTokens + counts.reduce((sum, count) => sum + count, 0);
}
