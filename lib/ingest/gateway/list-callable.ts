import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";

export type Callable = { id: string; object: "model"; created: number; owned_by: string };

/** What can be called as `model`, in OpenAI's shape: enabled deployments, then the models' names. */
export async function listCallable(ctx: Context): Promise<Callable[]> {
  requireScope(ctx, "deployments:invoke");
  const deployments = await prisma().deployment.findMany({
    where: { projectId: ctx.projectId, isEnabled: true },
    orderBy: { name: "asc" },
    select: { name: true, createdAt: true },
  });
  const versions = await prisma().modelVersion.findMany({
    where: { projectId: ctx.projectId, stage: { not: "Archived" }, model: { archivedAt: null } },
    orderBy: { createdAt: "asc" },
    select: { providerModel: true, createdAt: true, model: { select: { name: true } } },
  });
  const listed = new Map<string, Callable>();
  const add = (id: string, createdAt: Date, owner: string) => {
    if (listed.has(id)) return;
    listed.set(id, { id, object: "model", created: Math.floor(createdAt.getTime() / 1000), owned_by: owner });
  };
  for (const { name, createdAt } of deployments) add(name, createdAt, "deployment");
  for (const { model, providerModel, createdAt } of versions) {
    add(model.name, createdAt, "model");
    add(providerModel, createdAt, "model");
  }
  return [...listed.values()];
}
