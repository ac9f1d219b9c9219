import { z } from "zod";
import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { pinIncludes } from "./pin-includes.ts";
import { findOptionalPromptRow } from "./queries.ts";
import { type PinnedInclude, promptContent, promptName } from "./schema.ts";

export const resolveIncludesInput = z.object({
  /** The prompt that includes, so that a cycle is seen. */
  promptName,
  references: z.array(z.string().max(400)).max(200),
});

export type ResolvedIncludes = {
  includes: PinnedInclude[];
  /** Why a reference means nothing, by reference. */
  faults: Record<string, string>;
};

/** What references would be pinned to if they were saved now, for who is writing them. */
export async function resolveIncludes(
  ctx: Context,
  input: z.infer<typeof resolveIncludesInput>,
): Promise<ResolvedIncludes> {
  requireScope(ctx, "prompts:read");
  const prompt = await findOptionalPromptRow(prisma(), ctx, input.promptName);
  const self = { id: prompt?.id ?? null, name: prompt?.name ?? input.promptName };
  const messages = input.references.map((reference) => ({ type: "include" as const, reference }));
  if (messages.length === 0) return { includes: [], faults: {} };
  const { includes, problems } = await pinIncludes(
    ctx,
    promptContent.parse({ type: "chat", messages }),
    self,
  );
  return { includes, faults: Object.fromEntries(problems.map(({ name, message }) => [name ?? "", message])) };
}
