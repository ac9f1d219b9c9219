import type { Context } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { deepestInclude } from "./deepest-include.ts";
import { findVersion } from "./find-version.ts";
import { readReference } from "./include-reference.ts";
import { findIncludeIn, type IncludeUse, includeUsesOf, includeUsesWithin } from "./includes.ts";
import type { TemplateProblem } from "./problem.ts";
import { findOptionalPromptRow, findOptionalVersionRow } from "./queries.ts";
import type { PinnedInclude, PromptContent, PromptVersion } from "./schema.ts";

/** The prompt that includes; its id is null before its first version. */
export type IncludingPrompt = { id: string | null; name: string };

/** What a prompt's own references mean, and what is wrong with those that mean nothing. */
export type PinnedIncludes = { includes: PinnedInclude[]; problems: TemplateProblem[] };

/**
 * Resolves each reference of a content to an immutable version. A reference that the content pins already keeps its
 * pin, so that saving again changes no text; the others get what their label or number means now. Of a pin only the
 * version's id is believed: its text is read again. Nothing that leads back to `self`, by whatever version, or is
 * included more than `deepestInclude` deep is pinned: then the problem shows the path.
 */
export async function pinIncludes(
  ctx: Context,
  content: PromptContent,
  self: IncludingPrompt,
): Promise<PinnedIncludes> {
  const uses = includeUsesOf(content);
  if (uses.length === 0) return { includes: [], problems: [] };
  const findGiven = findIncludeIn(content.includes);
  const chosen = new Map<string, PromptVersion | { fault: string }>();
  for (const { reference } of uses) {
    if (chosen.has(reference)) continue;
    chosen.set(reference, await choose(ctx, reference, findGiven(reference, null)));
  }

  const problems: TemplateProblem[] = [];
  const includes = new Map<string, PinnedInclude>();
  for (const use of uses) {
    const version = chosen.get(use.reference)!;
    if ("fault" in version) {
      problems.push(problemOf(use, "unknown_include", version.fault));
      continue;
    }
    const pins = pinsOf(use.reference, version);
    const fault = faultOf(pins, self);
    if (fault) problems.push(problemOf(use, fault.code, fault.message));
    else for (const pin of pins) includes.set(`${pin.within ?? ""} ${pin.reference}`, pin);
  }
  return { includes: [...includes.values()], problems };
}

async function choose(
  ctx: Context,
  reference: string,
  given: PinnedInclude | undefined,
): Promise<PromptVersion | { fault: string }> {
  const asked = readReference(reference);
  if (!asked) {
    return {
      fault: "Name the prompt to include, as in {{> shared/tone@production}} or {{> shared/tone@3}}.",
    };
  }
  try {
    if (given) {
      const kept = await keptPin(ctx, asked.name, given);
      if (kept) return kept;
    }
    return await findVersion(ctx, asked);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "not_found") {
      return { fault: `${error.message} Change what is included here.` };
    }
    throw error;
  }
}

/** The pinned version, if it is still one of the prompt that is asked for: a pin of another project means nothing here. */
async function keptPin(ctx: Context, name: string, given: PinnedInclude): Promise<PromptVersion | null> {
  const [prompt, version] = await Promise.all([
    findOptionalPromptRow(prisma(), ctx, name),
    findOptionalVersionRow(prisma(), { id: given.promptVersionId, projectId: ctx.projectId }),
  ]);
  return version && version.promptId === prompt?.id ? version : null;
}

/** The pin of a version under a reference, followed by its own pins, which are now within it. */
function pinsOf(reference: string, version: PromptVersion): PinnedInclude[] {
  const { id, promptId, name, number, content } = version;
  const own: PinnedInclude = {
    reference,
    within: null,
    promptId,
    promptVersionId: id,
    name,
    number,
    text: content.type === "text" ? content.text : "",
    ...(content.type === "chat" && { messages: content.messages }),
    variables: content.variables,
  };
  return [own, ...content.includes.map((pin) => ({ ...pin, within: pin.within ?? id }))];
}

/** Follows the pins from the first; each step's path is that of names, as it is written. */
function faultOf(
  pins: PinnedInclude[],
  self: IncludingPrompt,
): { code: "circular_include" | "include_too_deep"; message: string } | undefined {
  const find = findIncludeIn(pins);
  const visit = (pin: PinnedInclude, path: string[]): ReturnType<typeof faultOf> => {
    const here = [...path, pin.reference];
    const shown = here.join(" → ");
    if (pin.promptId === self.id) {
      const message = `This would include itself: ${shown}. Take one of these includes out.`;
      return { code: "circular_include", message };
    }
    if (here.length - 1 > deepestInclude) {
      const message = `Includes may be ${deepestInclude} deep; this is deeper: ${shown}. Include the innermost directly.`;
      return { code: "include_too_deep", message };
    }
    for (const { reference } of includeUsesWithin(pin)) {
      const inner = find(reference, pin.promptVersionId);
      const fault = inner && visit(inner, here);
      if (fault) return fault;
    }
    return undefined;
  };
  return visit(pins[0]!, [self.name]);
}

function problemOf(use: IncludeUse, code: TemplateProblem["code"], message: string): TemplateProblem {
  const { path, from, to, reference } = use;
  return { code, severity: "error", message, path, from, to, name: reference };
}
