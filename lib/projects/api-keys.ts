import { now } from "#lib/core/clock.ts";
import { type Context, requireScope, type Scope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "./audit.ts";
import { forgetKeys } from "./find-key-context.ts";

export type ApiKeyRow = {
  id: string;
  name: string;
  publicKey: string;
  /** The secret's last four characters. */
  secretHint: string;
  scopes: Scope[];
  createdBy: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

export async function listApiKeys(ctx: Context): Promise<ApiKeyRow[]> {
  requireScope(ctx, "admin");
  const rows = await prisma().apiKey.findMany({
    where: { projectId: ctx.projectId },
    orderBy: { createdAt: "desc" },
    omit: { secretHash: true, projectId: true },
  });
  return rows.map((row) => ({ ...row, scopes: row.scopes as Scope[] }));
}

/** The key stops working at once here, and within 5 s in other processes. */
export async function revokeApiKey(ctx: Context, id: string): Promise<void> {
  requireScope(ctx, "admin");
  await prisma().$transaction(async (tx) => {
    const key = await tx.apiKey.findFirst({ where: { id, projectId: ctx.projectId } });
    if (!key) throw new AppError("not_found", "There is no such key in this project.");
    if (key.revokedAt) return;
    await tx.apiKey.update({ where: { id }, data: { revokedAt: now() } });
    await recordAudit(tx, ctx, {
      action: "api_key.revoked",
      subjectType: "api_key",
      subjectId: id,
      subjectName: key.name,
      before: { publicKey: key.publicKey, scopes: key.scopes },
    });
  });
  forgetKeys();
}
