import type { PromptContent } from "./schema.ts";

/** One templated text of a content and where it is, as zod paths say it. */
export type TemplateText = { path: string; text: string };

/** All templated texts of a content, in reading order. */
export function textsOf(content: PromptContent): TemplateText[] {
  if (content.type === "text") return [{ path: "text", text: content.text }];
  return content.messages.flatMap((message, index) => {
    if (!("role" in message)) return [];
    const path = `messages.${index}.content`;
    if (typeof message.content === "string") return [{ path, text: message.content }];
    return message.content.map((part, place) =>
      part.type === "text"
        ? { path: `${path}.${place}.text`, text: part.text }
        : { path: `${path}.${place}.image_url.url`, text: part.image_url.url },
    );
  });
}
