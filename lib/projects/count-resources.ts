import { type Context, requireScope } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";

export type ResourceCounts = {
  prompts: number;
  datasets: number;
  evaluations: number;
  abTests: number;
  deployments: number;
  models: number;
  hasTraces: boolean;
};

/** How many there are of what a project holds; archived ones do not count. */
export async function countResources(ctx: Context): Promise<ResourceCounts> {
  requireScope(ctx, "read");
  const where = { projectId: ctx.projectId };
  const living = { ...where, archivedAt: null };
  const [prompts, datasets, evaluations, abTests, deployments, models, traces] = await Promise.all([
    prisma().prompt.count({ where: living }),
    prisma().dataset.count({ where: living }),
    prisma().evaluation.count({ where }),
    prisma().abTest.count({ where }),
    prisma().deployment.count({ where }),
    prisma().model.count({ where: living }),
    sql()`select 1 from spans where project_id = ${ctx.projectId} limit 1`,
  ]);
  return { prompts, datasets, evaluations, abTests, deployments, models, hasTraces: traces.length > 0 };
}
