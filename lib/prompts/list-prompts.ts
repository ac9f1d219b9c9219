import { type Context, requireScope } from "#lib/core/context.ts";
import { listFacetRows, listFolderRows, listPromptRows, type PromptFolder } from "./queries.ts";
import type { Prompt } from "./schema.ts";

export type PromptListInput = {
  folder?: string;
  /** In names, descriptions and the newest contents; case does not matter. */
  search?: string;
  label?: string;
  tag?: string;
  isArchived?: boolean;
  limit?: number;
  cursor?: string;
};

/** Prompts by name, in all folders below the one given. The cursor is the last name of the page before. */
export async function listPrompts(
  ctx: Context,
  input: PromptListInput = {},
): Promise<{ data: Prompt[]; nextCursor: string | null }> {
  requireScope(ctx, "prompts:read");
  const { limit = 50, cursor, ...filter } = input;
  return page(await listPromptRows(ctx, { ...filter, afterName: cursor, limit: limit + 1 }), limit);
}

/** What is directly in a folder ("" is the top): its folders, and a page of its prompts. */
export async function listFolder(
  ctx: Context,
  input: { folder: string; limit?: number; cursor?: string },
): Promise<{ folders: PromptFolder[]; data: Prompt[]; nextCursor: string | null }> {
  requireScope(ctx, "prompts:read");
  const { folder, limit = 200, cursor } = input;
  const rows = await listPromptRows(ctx, { folder, isDirect: true, afterName: cursor, limit: limit + 1 });
  return { folders: await listFolderRows(ctx, folder), ...page(rows, limit) };
}

/** The labels and tags in use, which a list can be filtered by. */
export async function listPromptFacets(ctx: Context): Promise<{ labels: string[]; tags: string[] }> {
  requireScope(ctx, "prompts:read");
  return await listFacetRows(ctx);
}

function page(rows: Prompt[], limit: number): { data: Prompt[]; nextCursor: string | null } {
  const data = rows.slice(0, limit);
  return { data, nextCursor: rows.length > limit ? data.at(-1)!.name : null };
}
