import type { Context } from "#lib/core/context.ts";
import { requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { Json } from "#lib/core/json.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { samplingParameters } from "#lib/models/parameters.ts";
import type { AbTest, AbTestStatus } from "./definition.ts";
import { assignmentSchema, designSchema, metricsSchema, phaseWeightsSchema, policySchema } from "./schema.ts";

const withParts = {
  variants: { orderBy: { position: "asc" } },
  phases: { orderBy: { number: "asc" } },
} as const satisfies Prisma.AbTestInclude;

type Row = Prisma.AbTestGetPayload<{ include: typeof withParts }>;

/** The A/B test of this key; `not_found` if the project has none such. */
export async function findAbTest(ctx: Context, key: string): Promise<AbTest> {
  requireScope(ctx, "read");
  return loadAbTest(ctx.projectId, key);
}

/** The same without a scope check, for verbs that ask for another scope than `read`. */
export async function loadAbTest(
  projectId: string,
  key: string,
  db: Transaction = prisma(),
): Promise<AbTest> {
  const row = await db.abTest.findUnique({
    where: { projectId_key: { projectId, key } },
    include: withParts,
  });
  if (!row) throw new AppError("not_found", `There is no A/B test "${key}" in this project.`);
  return toAbTest(row);
}

/** The test with its row locked until the transaction ends: for every change of its status. */
export async function lockAbTest(tx: Transaction, projectId: string, key: string): Promise<AbTest> {
  await tx.$queryRaw`select 1 from ab_test where project_id = ${projectId}::uuid and key = ${key} for update`;
  return loadAbTest(projectId, key, tx);
}

export type AbTestPage = { data: AbTest[]; nextCursor: string | null };

/** Newest first. The cursor is the last id of the page before. */
export async function listAbTests(
  ctx: Context,
  { limit = 50, cursor, status }: { limit?: number; cursor?: string; status?: AbTestStatus } = {},
): Promise<AbTestPage> {
  requireScope(ctx, "read");
  const rows = await prisma().abTest.findMany({
    where: { projectId: ctx.projectId, ...(status && { status }), ...(cursor && { id: { lt: cursor } }) },
    include: withParts,
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const page = rows.slice(0, limit).map(toAbTest);
  return { data: page, nextCursor: rows.length > limit ? page.at(-1)!.id : null };
}

export type AbDecisionEntry = {
  id: string;
  at: Date;
  kind: string;
  actorName: string;
  note: string;
  evidence: Json | null;
};

/** The decision log, oldest first. */
export async function listDecisions(ctx: Context, abTestId: string): Promise<AbDecisionEntry[]> {
  requireScope(ctx, "read");
  const rows = await prisma().abDecision.findMany({
    where: { projectId: ctx.projectId, abTestId },
    orderBy: [{ at: "asc" }, { id: "asc" }],
    take: 1000,
  });
  return rows.map(({ id, at, kind, actorName, note, evidence }) => ({
    id,
    at,
    kind,
    actorName,
    note,
    evidence: evidence as Json | null,
  }));
}

function toAbTest(row: Row): AbTest {
  return {
    id: row.id,
    projectId: row.projectId,
    key: row.key,
    name: row.name,
    hypothesis: row.hypothesis,
    status: row.status as AbTestStatus,
    unitKind: row.unitKind as AbTest["unitKind"],
    unitAttribute: row.unitAttribute,
    seed: row.seed,
    hashVersion: row.hashVersion,
    coverage: row.coverage,
    assignment: assignmentSchema.parse(row.assignment),
    metrics: metricsSchema.parse(row.metrics),
    design: designSchema.parse(row.design),
    policy: policySchema.parse(row.policy),
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    stoppedAt: row.stoppedAt,
    variants: row.variants.map((variant) => ({
      id: variant.id,
      key: variant.key,
      name: variant.name,
      promptVersionId: variant.promptVersionId,
      modelVersionId: variant.modelVersionId,
      parameters: samplingParameters.parse(variant.parameters),
      weight: variant.weight,
    })),
    phases: row.phases.map((phase) => ({
      number: phase.number,
      weights: phaseWeightsSchema.parse(phase.weights),
      coverage: phase.coverage,
      startedAt: phase.startedAt,
      endedAt: phase.endedAt,
    })),
  };
}
