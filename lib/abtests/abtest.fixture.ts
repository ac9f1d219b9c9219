import type { Context } from "#lib/core/context.ts";
import { newId, newTraceId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { promptContent } from "#lib/prompts/schema.ts";
import type { AbTest } from "./definition.ts";
import type { CreateAbTestInput } from "./schema.ts";

/** Two prompt versions and one model version in the context's project, for tests. */
export async function makeVersions(ctx: Context) {
  const { projectId } = ctx;
  const [promptId, first, second] = [newId(), newId(), newId()];
  await prisma().prompt.create({
    data: { id: promptId, projectId, name: "greeting", type: "chat", tags: [] },
  });
  for (const [index, id] of [first, second].entries())
    await prisma().promptVersion.create({
      data: {
        id,
        projectId,
        promptId,
        number: index + 1,
        digest: String(index).repeat(64),
        content: promptContent.parse({
          type: "chat",
          messages: [{ role: "user", content: `Hello ${index}` }],
        }),
        authorId: "ada",
        authorName: "Ada",
      },
    });
  const [connectionId, modelId, modelVersionId] = [newId(), newId(), newId()];
  await prisma().connection.create({
    data: { id: connectionId, projectId, name: "local", provider: "rehearsal", baseUrl: "/rehearsal/v1" },
  });
  await prisma().model.create({ data: { id: modelId, projectId, name: "small" } });
  await prisma().modelVersion.create({
    data: {
      id: modelVersionId,
      projectId,
      modelId,
      number: 1,
      connectionId,
      providerModel: "rehearsal-small",
      createdBy: "Ada",
    },
  });
  return { promptId, promptVersionIds: [first, second] as const, modelVersionId };
}

/** A sound draft over those versions; parts can be replaced. */
export async function draftInput(
  ctx: Context,
  changes: Partial<CreateAbTestInput> = {},
): Promise<CreateAbTestInput> {
  const { promptVersionIds, modelVersionId } = await makeVersions(ctx);
  return {
    key: "greeting-tone",
    name: "Greeting tone",
    hypothesis: "A warmer greeting helps more.",
    variants: promptVersionIds.map((promptVersionId) => ({ promptVersionId, modelVersionId })),
    metrics: {
      success: [{ metric: "score:helpful", mde: { kind: "absolute", value: 0.1 } }],
      guardrails: [
        { metric: "error_rate", margin: { kind: "absolute", value: 0.05 } },
        { metric: "latency_ms.p95", margin: { kind: "relative", value: 0.25 } },
      ],
      exploratory: [{ metric: "cost_usd.per_unit" }],
    },
    design: { minimumDays: 0 },
    ...changes,
  };
}

export type Call = {
  unitId: string | null;
  variantKey: string;
  at: Date;
  durationMs: number;
  costUsd: number | null;
  isError?: boolean;
  score?: number;
  traceId?: string;
};

/**
 * Puts model calls of the test, and their scores of the name "helpful", straight into the tables, and marks them as
 * the writers of spans and scores do.
 */
export async function insertCalls(ctx: Context, test: AbTest, calls: readonly Call[]): Promise<void> {
  const spans = calls.map((call) => ({
    project_id: ctx.projectId,
    trace_id: call.traceId ?? newTraceId(),
    start_time: call.at,
    duration_us: Math.round(call.durationMs * 1000),
    cost_usd: call.costUsd,
    input_tokens: 10,
    output_tokens: 20,
    mapping_version: 1,
    is_model_call: true,
    span_id: Buffer.from(newTraceId().slice(0, 16), "hex"),
    name: "chat",
    kind: "client",
    operation: "chat",
    status: call.isError ? "error" : "ok",
    usage_source: "reported",
    cost_source: "computed",
    ab_test_id: test.id,
    ab_test_key: test.key,
    variant_key: call.variantKey,
    unit_id: call.unitId,
    dialect: "test",
  }));
  const db = sql();
  for (let i = 0; i < spans.length; i += 1000) await db`insert into spans ${db(spans.slice(i, i + 1000))}`;
  const scores = calls.flatMap((call, i) =>
    call.score === undefined
      ? []
      : [
          {
            project_id: ctx.projectId,
            id: newId(),
            name: "helpful",
            data_type: "numeric",
            numeric_value: call.score,
            trace_id: spans[i]!.trace_id,
            source: "api",
          },
        ],
  );
  for (let i = 0; i < scores.length; i += 1000) await db`insert into scores ${db(scores.slice(i, i + 1000))}`;
  await db`
    insert into ab_pending (project_id, trace_id, from_at, to_at)
    select project_id, trace_id, min(start_time), max(start_time) from spans
    where project_id = ${ctx.projectId} and trace_id = any(${spans.map((span) => span.trace_id)}::uuid[])
    group by project_id, trace_id`;
}
