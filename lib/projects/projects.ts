import { z } from "zod";
import { type Context, type Role, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "./audit.ts";

export type ProjectOfUser = { id: string; slug: string; name: string; role: Role };

export async function listProjectsOf(userId: string): Promise<ProjectOfUser[]> {
  const rows = await prisma().member.findMany({
    where: { userId },
    include: { project: true },
    orderBy: { createdAt: "asc" },
  });
  return rows.map(({ role, project }) => ({
    id: project.id,
    slug: project.slug,
    name: project.name,
    role: role as Role,
  }));
}

export const updateProjectInput = z.object({
  name: z.string().trim().min(1, "A project needs a name.").max(80),
  retentionDays: z.number().int().min(1, "At least one day.").max(3650).nullable(),
});

export async function updateProject(ctx: Context, input: z.infer<typeof updateProjectInput>): Promise<void> {
  requireScope(ctx, "admin");
  await prisma().$transaction(async (tx) => {
    const before = await tx.project.findUniqueOrThrow({ where: { id: ctx.projectId } });
    await tx.project.update({ where: { id: ctx.projectId }, data: input });
    await recordAudit(tx, ctx, {
      action: "project.updated",
      subjectType: "project",
      subjectId: ctx.projectId,
      subjectName: input.name,
      before: { name: before.name, retentionDays: before.retentionDays },
      after: input,
    });
  });
}
