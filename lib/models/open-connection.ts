import { type Context, hasScope, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { loadConnection } from "./queries.ts";
import { openSecret } from "./secret-box.ts";

/** A connection with its key decrypted: never leaves the server, never logged. */
export type OpenConnection = {
  /** Up to and including `/v1`; a path alone is this server's own. */
  baseUrl: string;
  apiKey: string | null;
  /** `openai`, `ollama`, `rehearsal`, …: for the trace alone, no behaviour hangs on it. */
  provider: string;
};

/**
 * The connection ready to be called. Needs `deployments:invoke`, `evaluations:write` or `models:write`. Throws
 * `not_found`, `conflict` if it is archived, `unavailable` if the server's secret is not the one it was sealed with.
 */
export async function openConnection(ctx: Context, connectionId: string): Promise<OpenConnection> {
  if (!hasScope(ctx, "evaluations:write") && !hasScope(ctx, "models:write")) {
    requireScope(ctx, "deployments:invoke");
  }
  const row = await loadConnection(ctx.projectId, connectionId);
  if (row.archivedAt) throw new AppError("conflict", `The connection "${row.name}" is archived.`);
  const { baseUrl, provider } = row;
  if (row.encryptedKey === null) return { baseUrl, provider, apiKey: null };
  try {
    return { baseUrl, provider, apiKey: openSecret(row.encryptedKey, row.id) };
  } catch (cause) {
    const message = `The key of "${row.name}" cannot be opened: STEMMA_SECRET has changed. Save the key again.`;
    throw new AppError("unavailable", message, { cause });
  }
}
