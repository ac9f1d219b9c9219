import { now } from "#lib/core/clock.ts";
import { type Context, type Role, roles } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import type { Json } from "#lib/core/json.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";

export type LabelMove = {
  prompt: { id: string; name: string };
  label: string;
  /** null takes the label away. */
  toVersion: { id: string; number: number } | null;
  reason: string;
  evidence?: Json;
};

/**
 * Moves a label inside the caller's transaction, which must hold the prompt's lock: the pointer, one row of
 * history and one of the audit log. Protection is checked here, so no interface can pass it by. Says what the
 * label pointed at before; moving it to where it is changes nothing.
 */
export async function placeLabel(
  tx: Transaction,
  ctx: Context,
  move: LabelMove,
): Promise<{ isMoved: boolean; fromNumber: number | null }> {
  await requireLabelRole(tx, ctx, move.label);
  const key = { promptId_name: { promptId: move.prompt.id, name: move.label } };
  const before = await tx.promptLabel.findUnique({
    where: key,
    include: { version: { select: { number: true } } },
  });
  const fromNumber = before?.version.number ?? null;
  if ((before?.versionId ?? null) === (move.toVersion?.id ?? null)) return { isMoved: false, fromNumber };

  const at = now();
  if (move.toVersion) {
    const pointer = { versionId: move.toVersion.id, movedAt: at, movedByName: ctx.actor.name };
    const owner = { projectId: ctx.projectId, promptId: move.prompt.id, name: move.label };
    await tx.promptLabel.upsert({ where: key, create: { ...owner, ...pointer }, update: pointer });
  } else await tx.promptLabel.delete({ where: key });
  await tx.promotion.create({
    data: {
      id: newId(at.getTime()),
      projectId: ctx.projectId,
      at,
      subject: "prompt_label",
      subjectId: move.prompt.id,
      target: move.label,
      fromVersionId: before?.versionId ?? null,
      toVersionId: move.toVersion?.id ?? null,
      actorType: ctx.actor.type,
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      reason: move.reason,
      evidence: move.evidence === undefined ? Prisma.DbNull : (move.evidence as Prisma.InputJsonValue),
    },
  });
  await recordAudit(tx, ctx, {
    action: move.toVersion ? "label.moved" : "label.removed",
    subjectType: "prompt",
    subjectId: move.prompt.id,
    subjectName: move.prompt.name,
    before: { label: move.label, version: fromNumber },
    after: { label: move.label, version: move.toVersion?.number ?? null },
    reason: move.reason,
  });
  return { isMoved: true, fromNumber };
}

/** The labels that only some may move, and the least role that may. */
export async function listProtectedLabels(
  db: Transaction,
  projectId: string,
): Promise<{ name: string; role: Role }[]> {
  const rows = await db.protectedLabel.findMany({ where: { projectId }, orderBy: { name: "asc" } });
  return rows.map(({ name, role }) => ({ name, role: role as Role }));
}

async function requireLabelRole(tx: Transaction, ctx: Context, label: string): Promise<void> {
  const rule = await tx.protectedLabel.findUnique({
    where: { projectId_name: { projectId: ctx.projectId, name: label } },
  });
  if (!rule || ctx.actor.type === "system") return;
  const role = await roleOf(tx, ctx);
  if (roles.indexOf(role) >= roles.indexOf(rule.role as Role)) return;
  const message = `The label “${label}” is protected: only ${rule.role}s${rule.role === "admin" ? " and owners" : ""} may move it.`;
  throw new AppError("forbidden", message);
}

/** A key with the scope `admin` acts as an admin, any other as an editor. */
async function roleOf(tx: Transaction, ctx: Context): Promise<Role> {
  if (ctx.actor.type !== "user") return ctx.scopes.has("admin") ? "admin" : "editor";
  const member = await tx.member.findUnique({
    where: { projectId_userId: { projectId: ctx.projectId, userId: ctx.actor.id } },
  });
  return (member?.role ?? "viewer") as Role;
}
