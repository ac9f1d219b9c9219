import type { PromptContent } from "./schema.ts";

/** Characters of a content's JSON that can be saved. */
export const longestContent = 1_000_000;

/** What is to do about a content that is too long to save; undefined if it is not. */
export function faultOfSize(content: PromptContent): string | undefined {
  const size = JSON.stringify(content).length;
  if (size <= longestContent) return undefined;
  const [has, most] = [size, longestContent].map((count) => count.toLocaleString("en-US"));
  return `The prompt has ${has} characters; at most ${most} can be saved. Shorten it, or move data into variables.`;
}
