import { findIncludeIn } from "../includes.ts";
import { scanTags } from "../scan-tags.ts";
import type { ChatMessage, PlaceholderMessage, PromptContent, PromptMessage } from "../schema.ts";

export type FlatMessage = ChatMessage | PlaceholderMessage;

/**
 * A content as other tools know prompts: examples are messages, and what is included stands where it was included, as
 * the template it is pinned to. A text prompt is one user message.
 */
export function flatten(content: PromptContent): { messages: FlatMessage[]; warnings: string[] } {
  const warnings: string[] = [];
  const find = findIncludeIn(content.includes);
  const inline = (text: string, within: string | null): string => {
    let result = "";
    let position = 0;
    for (const tag of scanTags(text).tags) {
      const pin = tag.kind === "include" ? find(tag.name, within) : undefined;
      if (!pin) continue;
      warnings.push(`{{> ${tag.name}}} became the text of ${pin.name} version ${pin.number}.`);
      result += text.slice(position, tag.from) + inline(pin.text, pin.promptVersionId);
      position = tag.to;
    }
    return result + text.slice(position);
  };
  const flat = (message: PromptMessage, within: string | null): FlatMessage[] => {
    if (message.type === "placeholder") return [message];
    if (message.type === "include") {
      const pin = find(message.reference, within);
      if (pin)
        warnings.push(
          `The include ${message.reference} became the messages of ${pin.name} version ${pin.number}.`,
        );
      return (pin?.messages ?? []).flatMap((each) => flat(each, pin!.promptVersionId));
    }
    if (message.type === "examples") {
      return message.examples.flatMap(({ user, assistant }): FlatMessage[] => [
        { role: "user", content: inline(user, within) },
        { role: "assistant", content: inline(assistant, within) },
      ]);
    }
    if (typeof message.content === "string")
      return [{ ...message, content: inline(message.content, within) }];
    const parts = message.content.map((part) =>
      part.type === "text" ? { ...part, text: inline(part.text, within) } : part,
    );
    return [{ ...message, content: parts }];
  };
  const messages: PromptMessage[] =
    content.type === "text" ? [{ role: "user", content: content.text }] : content.messages;
  const flattened = messages.flatMap((message) => flat(message, null));
  return { messages: flattened, warnings: [...new Set(warnings)] };
}
