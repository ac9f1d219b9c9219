import { z } from "zod";
import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";

export const searchResourcesInput = z.object({ text: z.string().max(200) });

export type FoundResource = {
  kind: "prompt" | "dataset" | "evaluation" | "ab_test" | "deployment" | "model" | "trace";
  name: string;
  /** Path below the project's own, as `prompts/support/reply`. */
  path: string;
};

/** What the palette offers for this text: names that contain it, at most six of a kind; a trace id is its trace. */
export async function searchResources(
  ctx: Context,
  { text }: z.infer<typeof searchResourcesInput>,
): Promise<FoundResource[]> {
  requireScope(ctx, "read");
  const query = text.trim();
  if (query === "") return [];
  if (/^[0-9a-f]{32}$/i.test(query)) {
    return [{ kind: "trace", name: query, path: `traces/${query.toLowerCase()}` }];
  }
  const where = { projectId: ctx.projectId, name: { contains: query, mode: "insensitive" as const } };
  const page = { take: 6, orderBy: { createdAt: "desc" as const } };
  const living = { ...where, archivedAt: null };
  const [prompts, datasets, evaluations, abTests, deployments, models] = await Promise.all([
    prisma().prompt.findMany({ where: living, ...page, select: { name: true } }),
    prisma().dataset.findMany({ where: living, ...page, select: { id: true, name: true } }),
    prisma().evaluation.findMany({ where, ...page, select: { id: true, name: true } }),
    prisma().abTest.findMany({ where, ...page, select: { key: true, name: true } }),
    prisma().deployment.findMany({ where, ...page, select: { name: true } }),
    prisma().model.findMany({ where: living, ...page, select: { name: true } }),
  ]);
  return [
    ...prompts.map(({ name }) => ({ kind: "prompt" as const, name, path: `prompts/${encodePath(name)}` })),
    ...datasets.map(({ id, name }) => ({ kind: "dataset" as const, name, path: `datasets/${id}` })),
    ...evaluations.map(({ id, name }) => ({ kind: "evaluation" as const, name, path: `evaluations/${id}` })),
    ...abTests.map(({ key, name }) => ({ kind: "ab_test" as const, name, path: `ab-tests/${key}` })),
    ...deployments.map(({ name }) => ({
      kind: "deployment" as const,
      name,
      path: `deployments/${encodeURIComponent(name)}`,
    })),
    ...models.map(({ name }) => ({ kind: "model" as const, name, path: "models" })),
  ];
}

function encodePath(name: string): string {
  return name.split("/").map(encodeURIComponent).join("/");
}
