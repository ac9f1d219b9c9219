import { type Context, requireScope } from "#lib/core/context.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { describeDeployment, requireRow } from "./queries.ts";

/** Calls that name it are answered 404 from now on; traces keep its name. Needs `models:write`. Throws `not_found`. */
export async function deleteDeployment(ctx: Context, name: string): Promise<void> {
  requireScope(ctx, "models:write");
  await changeCatalogue(ctx.projectId, async (tx) => {
    const row = await requireRow(tx, ctx.projectId, name);
    const before = await describeDeployment(tx, row);
    await tx.deployment.delete({ where: { id: row.id } });
    await recordAudit(tx, ctx, {
      action: "deployment.deleted",
      subjectType: "deployment",
      subjectId: row.id,
      subjectName: row.name,
      before,
    });
  });
}
