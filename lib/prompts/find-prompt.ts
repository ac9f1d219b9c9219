import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findOptionalPromptRow, listPromptRows } from "./queries.ts";
import type { Prompt } from "./schema.ts";

/** A prompt by its name, or by a name it had before (then `prompt.name` is the new one). */
export async function findPrompt(ctx: Context, name: string): Promise<Prompt> {
  requireScope(ctx, "prompts:read");
  const row = await findOptionalPromptRow(prisma(), ctx, name);
  const [prompt] = row ? await listPromptRows(ctx, { id: row.id, limit: 1 }) : [];
  if (!prompt) throw promptNotFound(name);
  return prompt;
}

export function promptNotFound(name: string): AppError {
  return new AppError("not_found", `There is no prompt “${name}” in this project.`);
}
