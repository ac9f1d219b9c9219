import { z } from "zod";
import { type Context, type Role, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { listProtectedLabels } from "#lib/prompts/place-label.ts";
import { labelName } from "#lib/prompts/schema.ts";

export const protectLabelInput = z.strictObject({
  name: labelName,
  /** The least role that may move it. A key with the scope `admin` counts as an admin, others as editors. */
  role: z.enum(["editor", "admin", "owner"]),
});
export type ProtectLabelInput = z.infer<typeof protectLabelInput>;

/** From now on only this role and higher ones may move the label, in whatever prompt and by whatever interface. */
export async function protectLabel(ctx: Context, input: ProtectLabelInput): Promise<void> {
  requireScope(ctx, "admin");
  const key = { projectId: ctx.projectId, name: input.name };
  await prisma().$transaction(async (tx) => {
    const before = await tx.protectedLabel.findUnique({ where: { projectId_name: key } });
    await tx.protectedLabel.upsert({
      where: { projectId_name: key },
      create: { ...key, role: input.role },
      update: { role: input.role },
    });
    await recordAudit(tx, ctx, {
      action: "label.protected",
      subjectType: "label",
      subjectId: input.name,
      subjectName: input.name,
      before: before && { role: before.role },
      after: { role: input.role },
    });
  });
}

/** Lets every editor move the label again. */
export async function unprotectLabel(ctx: Context, name: string): Promise<void> {
  requireScope(ctx, "admin");
  await prisma().$transaction(async (tx) => {
    const { count } = await tx.protectedLabel.deleteMany({ where: { projectId: ctx.projectId, name } });
    if (count === 0) throw new AppError("not_found", `The label “${name}” is not protected.`);
    await recordAudit(tx, ctx, {
      action: "label.unprotected",
      subjectType: "label",
      subjectId: name,
      subjectName: name,
    });
  });
}

/** The protected labels of the project. */
export async function listProtected(ctx: Context): Promise<{ name: string; role: Role }[]> {
  requireScope(ctx, "prompts:read");
  return await listProtectedLabels(prisma(), ctx.projectId);
}
