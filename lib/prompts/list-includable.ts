import { type Context, requireScope } from "#lib/core/context.ts";
import { listPromptRows } from "./queries.ts";

/** A prompt as one that may be included: what an editor completes after `{{>`. */
export type IncludablePrompt = { name: string; type: "chat" | "text"; latest: number; labels: string[] };

const mostPrompts = 2_000;

/** The project's prompts that are not archived, by name. */
export async function listIncludable(ctx: Context): Promise<IncludablePrompt[]> {
  requireScope(ctx, "prompts:read");
  const rows = await listPromptRows(ctx, { limit: mostPrompts });
  return rows.map(({ name, type, latestNumber, labels }) => ({
    name,
    type,
    latest: latestNumber,
    labels: labels.map((label) => label.name),
  }));
}
