import { type PromptContent, type PromptContentInput, promptContent } from "./schema.ts";

/** A whole content of what a test cares about; the rest is the schema's defaults. */
export function contentOf(part: PromptContentInput | string): PromptContent {
  if (typeof part !== "string") return promptContent.parse(part);
  return promptContent.parse({ type: "chat", messages: [{ role: "user", content: part }] });
}
