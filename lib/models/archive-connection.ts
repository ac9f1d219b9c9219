import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { loadConnection, toConnection } from "./queries.ts";
import type { Connection } from "./schema.ts";

/**
 * Takes a connection out of use and forgets its key; model versions on it stay, for the record. Needs
 * `models:write`. Throws `conflict` while a version on it is in Staging or Production.
 */
export async function archiveConnection(ctx: Context, id: string): Promise<Connection> {
  requireScope(ctx, "models:write");
  return changeCatalogue(ctx.projectId, async (tx) => {
    const before = await loadConnection(ctx.projectId, id, tx);
    const inUse = await tx.modelVersion.count({
      where: {
        projectId: ctx.projectId,
        connectionId: before.id,
        stage: { in: ["Staging", "Production"] },
        model: { archivedAt: null },
      },
    });
    if (inUse > 0) {
      throw new AppError(
        "conflict",
        `${inUse} model version${inUse === 1 ? " on this connection is" : "s on this connection are"} in Staging or Production. Archive them first.`,
      );
    }
    const row = await tx.connection.update({
      where: { id: before.id, projectId: ctx.projectId },
      data: { archivedAt: now(), encryptedKey: null, keyHint: null },
    });
    await recordAudit(tx, ctx, {
      action: "connection.archived",
      subjectType: "connection",
      subjectId: row.id,
      subjectName: row.name,
    });
    return toConnection(row);
  });
}
