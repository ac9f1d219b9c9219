import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import type { Connection as ConnectionRow } from "#lib/db/generated/client.ts";
import { isUniqueViolation } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { loadConnection, toConnection } from "./queries.ts";
import { type Connection, type SaveConnectionInput, saveConnectionInput } from "./schema.ts";
import { keyHint, sealSecret } from "./secret-box.ts";

/**
 * Makes a connection, or changes the one with `id`. Needs `models:write`. The key is stored sealed and never told
 * again. Throws `conflict` if the name is taken, and `invalid_input` if a stored key would go to another server
 * without being typed again: who may change an address need not know the key.
 */
export async function saveConnection(ctx: Context, input: SaveConnectionInput): Promise<Connection> {
  requireScope(ctx, "models:write");
  const { id: givenId, apiKey, ...fields } = saveConnectionInput.parse(input);
  const id = givenId ?? newId();
  try {
    return await changeCatalogue(ctx.projectId, async (tx) => {
      const before = givenId ? await loadConnection(ctx.projectId, givenId, tx) : null;
      if (before) refuseToLeakKey(before, fields.baseUrl, apiKey);
      const data = { ...fields, ...keyColumns(apiKey, id), archivedAt: null };
      const row = before
        ? await tx.connection.update({ where: { id, projectId: ctx.projectId }, data })
        : await tx.connection.create({ data: { id, projectId: ctx.projectId, createdAt: now(), ...data } });
      await recordAudit(tx, ctx, {
        action: before ? "connection.changed" : "connection.created",
        subjectType: "connection",
        subjectId: id,
        subjectName: row.name,
        before: before ? audited(before) : undefined,
        after: { ...audited(row), isKeyReplaced: Boolean(before && apiKey) },
      });
      return toConnection(row);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("conflict", `There is already a connection "${fields.name}".`, {
      cause: error,
      issues: [{ path: "name", message: "This name is taken." }],
    });
  }
}

function keyColumns(apiKey: string | null | undefined, id: string) {
  if (apiKey === undefined) return {};
  if (apiKey === null) return { encryptedKey: null, keyHint: null };
  return { encryptedKey: sealSecret(apiKey, id), keyHint: keyHint(apiKey) };
}

function refuseToLeakKey(before: ConnectionRow, baseUrl: string, apiKey: string | null | undefined): void {
  if (before.encryptedKey === null || apiKey !== undefined) return;
  if (originOf(before.baseUrl) === originOf(baseUrl)) return;
  throw new AppError("invalid_input", "The address is another server's: type the API key again.", {
    issues: [{ path: "apiKey", message: "Type the key again: it goes to another server now." }],
  });
}

function originOf(baseUrl: string): string {
  return baseUrl.startsWith("/") ? "self" : new URL(baseUrl).origin;
}

function audited({ name, provider, baseUrl, keyHint: hint }: ConnectionRow) {
  return { name, provider, baseUrl, keyHint: hint };
}
