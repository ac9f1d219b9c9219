import { type Context, requireScope } from "#lib/core/context.ts";
import { includeUsesOf } from "./includes.ts";
import { type IncludingPrompt, pinIncludes } from "./pin-includes.ts";
import type { PinnedInclude, PromptContent } from "./schema.ts";

/** An include that would be another version if it were pinned now. */
export type IncludeUpdate = {
  reference: string;
  name: string;
  pinnedNumber: number;
  currentNumber: number;
  /** The pins to replace all of the content's own and inner pins with; saving then makes a new version. */
  includes: PinnedInclude[];
};

/** Which of a content's includes have moved on since they were pinned: nothing changes until it is saved anew. */
export async function listIncludeUpdates(
  ctx: Context,
  content: PromptContent,
  self: IncludingPrompt,
): Promise<IncludeUpdate[]> {
  requireScope(ctx, "prompts:read");
  if (includeUsesOf(content).length === 0) return [];
  const { includes } = await pinIncludes(ctx, { ...content, includes: [] }, self);
  return content.includes.flatMap((pin) => {
    if (pin.within !== null) return [];
    const current = includes.find((each) => each.within === null && each.reference === pin.reference);
    if (!current || current.promptVersionId === pin.promptVersionId) return [];
    const { reference, name, number } = current;
    return [{ reference, name, pinnedNumber: pin.number, currentNumber: number, includes }];
  });
}
