import type { PromptContent, PromptMessage } from "./schema.ts";

/** One templated text of a content and where it is, as zod paths say it. */
export type TemplateText = { path: string; text: string };

/** All templated texts of a content, in reading order. */
export function textsOf(content: PromptContent): TemplateText[] {
  return content.type === "text" ? [{ path: "text", text: content.text }] : textsOfMessages(content.messages);
}

/** All templated texts of a list of messages. */
export function textsOfMessages(messages: readonly PromptMessage[]): TemplateText[] {
  return messages.flatMap((message, index) => {
    if (message.type === "placeholder" || message.type === "include") return [];
    if (message.type === "examples") {
      return message.examples.flatMap(({ user, assistant }, place) => {
        const path = `messages.${index}.examples.${place}`;
        return [
          { path: `${path}.user`, text: user },
          { path: `${path}.assistant`, text: assistant },
        ];
      });
    }
    const path = `messages.${index}.content`;
    if (typeof message.content === "string") return [{ path, text: message.content }];
    return message.content.map((part, place) =>
      part.type === "text"
        ? { path: `${path}.${place}.text`, text: part.text }
        : { path: `${path}.${place}.image_url.url`, text: part.image_url.url },
    );
  });
}
