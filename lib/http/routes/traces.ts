import { createRoute, z } from "@hono/zod-openapi";
import { AppError } from "#lib/core/errors.ts";
import {
  type ComparisonOperator,
  type TraceFilterDraft,
  traceFilter,
  traceSorts,
} from "#lib/traces/schema.ts";
import { findTraceDeletion, startDeletion } from "#lib/traces/start-deletion.ts";
import { listUnlinked } from "#lib/traces/store/count-unlinked.ts";
import { deleteTrace } from "#lib/traces/store/delete-traces.ts";
import { findSpan, findTrace, findTraceOutline } from "#lib/traces/store/find-trace.ts";
import { listSessions, listUsers } from "#lib/traces/store/list-actors.ts";
import { facetFields, listFacetValues } from "#lib/traces/store/list-facet-values.ts";
import { rankLatency } from "#lib/traces/store/rank-latency.ts";
import { relinkSpans } from "#lib/traces/store/relink-spans.ts";
import { countMatching, searchTraces } from "#lib/traces/store/search-traces.ts";
import { chartTraces } from "#lib/traces/store/trace-charts.ts";
import { errorResponses, jsonResponse, newRoutes, pageOf, pageQuery, security } from "../route.ts";

const tags = ["Traces"];

/** What applications sent: searched, read, charted, deleted. See `trace-streams.ts` for live tail and export. */
export const traceRoutes = newRoutes();

const several = z.preprocess(
  (value) => (value === undefined ? [] : [value].flat()),
  z.array(z.string().min(1)),
);
const amount = z.coerce.number().optional();

/** A filter as query parameters. */
export const filterQuery = traceFilter
  .omit({ tags: true, comparisons: true, scores: true, has: true, text: true })
  .extend({
    tag: several.openapi({ description: "Repeat it for several: a trace has them all." }),
    text: several.openapi({
      description:
        "A word that was asked, answered or raised, several words in a row, or `word*` for its beginning; in any case of letters. Repeat it for several: a trace has them all.",
    }),
    has: several.openapi({ description: "feedback, error, user, session or prompt." }),
    score: several.openapi({
      description: "A score's name, a comparison and a value.",
      example: ["helpful>=0.5"],
    }),
    minLatencyMs: amount,
    maxLatencyMs: amount,
    minTtftMs: amount,
    maxTtftMs: amount,
    minCostUsd: amount,
    maxCostUsd: amount,
    minTokens: amount,
    maxTokens: amount,
  });
type FilterQuery = z.infer<typeof filterQuery>;

const measures = [
  ["latencyMs", "minLatencyMs", "maxLatencyMs"],
  ["ttftMs", "minTtftMs", "maxTtftMs"],
  ["costUsd", "minCostUsd", "maxCostUsd"],
  ["tokens", "minTokens", "maxTokens"],
] as const;

export function toFilter(query: FilterQuery): TraceFilterDraft {
  const { tag, text, has, score, ...rest } = query;
  const comparisons = measures.flatMap(([field, least, most]) => [
    ...(query[least] === undefined ? [] : [{ field, operator: ">=" as const, value: query[least] }]),
    ...(query[most] === undefined ? [] : [{ field, operator: "<=" as const, value: query[most] }]),
  ]);
  const parsed = traceFilter.safeParse({
    ...rest,
    tags: tag,
    text,
    has,
    scores: score.map(toScoreTerm),
    comparisons,
  });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new AppError("invalid_input", `${issues[0]!.path}: ${issues[0]!.message}`, { issues });
}

function toScoreTerm(term: string) {
  const match = /^(.+?)(>=|<=|>|<|=)(.+)$/.exec(term);
  if (!match) {
    const message = `“${term}” is no comparison: write helpful>=0.5 or tone=friendly.`;
    throw new AppError("invalid_input", message, { issues: [{ path: "score", message }] });
  }
  const [, name, operator, text] = match as unknown as [string, string, ComparisonOperator | "=", string];
  if (text === "true" || text === "false") return { name, operator, value: text === "true" };
  return { name, operator, value: Number.isNaN(Number(text)) ? text : Number(text) };
}

export const traceSummary = z
  .object({
    traceId: z.string(),
    name: z.string(),
    operation: z.string(),
    startTimeUs: z.number(),
    durationUs: z.number().nullable(),
    status: z.enum(["ok", "error"]),
    errorMessage: z.string().nullable(),
    input: z.string().nullable(),
    output: z.string().nullable(),
    spanCount: z.number(),
    modelCallCount: z.number(),
    model: z.string().nullable(),
    provider: z.string().nullable(),
    inputTokens: z.number().nullable(),
    outputTokens: z.number().nullable(),
    costUsd: z.number().nullable(),
    timeToFirstTokenMs: z.number().nullable(),
    promptName: z.string().nullable(),
    promptVersion: z.string().nullable(),
    abTestKey: z.string().nullable(),
    variantKey: z.string().nullable(),
    userId: z.string().nullable(),
    sessionId: z.string().nullable(),
    tags: z.array(z.string()),
    environment: z.string().nullable(),
    service: z.string().nullable(),
    scores: z.array(z.object({ name: z.string(), value: z.union([z.number(), z.boolean(), z.string()]) })),
  })
  .openapi("TraceSummary");

const span = z
  .looseObject({
    traceId: z.string(),
    spanId: z.string(),
    parentSpanId: z.string().nullable(),
    name: z.string(),
    operation: z.string(),
    startTimeUs: z.number(),
    endTimeUs: z.number().nullable(),
    status: z.enum(["ok", "error"]),
  })
  .openapi("Span", { description: "The neutral span, with everything that was sent under `raw`." });

const score = z
  .looseObject({ id: z.string(), name: z.string(), value: z.union([z.number(), z.boolean(), z.string()]) })
  .openapi("TraceScore");

const traceParams = z.object({ traceId: z.string().openapi({ description: "32 hexadecimal characters." }) });

traceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces",
    tags,
    security,
    summary: "Search traces",
    request: {
      query: filterQuery.extend(pageQuery.shape).extend({ sort: z.enum(traceSorts).optional() }),
    },
    responses: { 200: jsonResponse(pageOf(traceSummary), "A page of traces"), ...errorResponses() },
  }),
  async (c) => {
    const { limit, cursor, sort, ...query } = c.req.valid("query");
    return c.json(await searchTraces(c.var.ctx, { filter: toFilter(query), sort, limit, cursor }), 200);
  },
);

traceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces/count",
    tags,
    security,
    summary: "How many traces match",
    request: { query: filterQuery },
    responses: { 200: jsonResponse(z.object({ count: z.number() }), "The count"), ...errorResponses() },
  }),
  async (c) => c.json({ count: await countMatching(c.var.ctx, toFilter(c.req.valid("query"))) }, 200),
);

traceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces/values",
    tags,
    security,
    summary: "The values that traces have of a field, the most frequent first",
    request: {
      query: z.object({
        field: z.enum(facetFields),
        like: z.string().max(500).optional().openapi({ description: "Only values with this in them." }),
        from: traceFilter.shape.from,
        to: traceFilter.shape.to,
        limit: z.coerce.number().int().min(1).max(500).optional(),
      }),
    },
    responses: {
      200: jsonResponse(
        z.object({ data: z.array(z.object({ value: z.string(), traceCount: z.number() })) }),
        "The values; of the last 30 days unless told otherwise",
      ),
      ...errorResponses(),
    },
  }),
  async (c) => c.json({ data: await listFacetValues(c.var.ctx, c.req.valid("query")) }, 200),
);

traceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces/charts",
    tags,
    security,
    summary: "Counts, errors, p95 latency and cost over time",
    request: { query: filterQuery.required({ from: true, to: true }) },
    responses: {
      200: jsonResponse(
        z.object({
          times: z.array(z.number()),
          bucketMs: z.number(),
          counts: z.array(z.number()),
          errors: z.array(z.number()),
          p95LatencyMs: z.array(z.number().nullable()),
          costUsd: z.array(z.number().nullable()),
        }),
        "One value per slice of time",
      ),
      ...errorResponses(),
    },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const filter = { ...toFilter(query), from: query.from, to: query.to };
    return c.json(await chartTraces(c.var.ctx, filter), 200);
  },
);

const unlinkedName = z.object({
  kind: z.enum(["prompt", "ab_test"]),
  name: z.string(),
  detail: z.string().nullable(),
  spanCount: z.number(),
  lastAt: z.string(),
  isNameKnown: z.boolean(),
  latestVersion: z.number().nullable(),
});

traceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces/unlinked",
    tags,
    security,
    summary: "Prompts and A/B tests that spans name and this project does not have",
    responses: {
      200: jsonResponse(z.object({ data: z.array(unlinkedName) }), "The names"),
      ...errorResponses(),
    },
  }),
  async (c) => c.json({ data: await listUnlinked(c.var.ctx) }, 200),
);

traceRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/traces/relink",
    tags,
    security,
    summary: "Try again to resolve what spans name",
    responses: {
      200: jsonResponse(z.object({ relinked: z.number() }), "How many spans changed"),
      ...errorResponses(),
    },
  }),
  async (c) => c.json(await relinkSpans(c.var.ctx), 200),
);

traceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces/{traceId}",
    tags,
    security,
    summary: "One trace: its spans and scores",
    request: {
      params: traceParams,
      query: z.object({
        content: z
          .enum(["none"])
          .optional()
          .openapi({ description: "Leaves out what the spans carry: ask for each span's as it is needed." }),
      }),
    },
    responses: {
      200: jsonResponse(
        z.object({ traceId: z.string(), spans: z.array(span), scores: z.array(score) }),
        "The trace, spans in order of start",
      ),
      ...errorResponses(404),
    },
  }),
  async (c) => {
    const find = c.req.valid("query").content === "none" ? findTraceOutline : findTrace;
    return c.json(await find(c.var.ctx, c.req.valid("param").traceId), 200);
  },
);

traceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces/{traceId}/spans/{spanId}",
    tags,
    security,
    summary: "One span with its content",
    request: {
      params: traceParams.extend({
        spanId: z.string().openapi({ description: "16 hexadecimal characters." }),
      }),
    },
    responses: { 200: jsonResponse(span, "The span"), ...errorResponses(404) },
  }),
  async (c) => {
    const { traceId, spanId } = c.req.valid("param");
    return c.json(await findSpan(c.var.ctx, traceId, spanId), 200);
  },
);

traceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces/{traceId}/latency-rank",
    tags,
    security,
    summary: "How a trace's latency lies among those of its prompt version and variant",
    request: { params: traceParams },
    responses: {
      200: jsonResponse(
        z.object({
          rank: z
            .object({
              cohort: z.object({
                promptName: z.string().nullable(),
                promptVersion: z.string().nullable(),
                abTest: z.string().nullable(),
                variant: z.string().nullable(),
              }),
              traceCount: z.number(),
              share: z.number().nullable(),
            })
            .nullable(),
        }),
        "The share of the cohort of the week before that took no longer; null while the trace has not ended",
      ),
      ...errorResponses(404),
    },
  }),
  async (c) => c.json({ rank: await rankLatency(c.var.ctx, c.req.valid("param").traceId) }, 200),
);

traceRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/v1/traces/{traceId}",
    tags,
    security,
    summary: "Delete one trace with its scores",
    request: { params: traceParams },
    responses: { 204: { description: "Nothing of it is left" }, ...errorResponses(404) },
  }),
  async (c) => {
    await deleteTrace(c.var.ctx, c.req.valid("param").traceId);
    return c.body(null, 204);
  },
);

const deletion = z
  .object({
    id: z.string(),
    kind: z.enum(["session", "user", "selection"]),
    total: z.number(),
    deleted: z.number(),
    status: z.enum(["running", "done", "failed"]),
    error: z.string().nullable(),
    actorName: z.string(),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .openapi("TraceDeletion");

traceRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/v1/traces",
    tags,
    security,
    summary: "Delete every trace of a session or of a user",
    request: {
      query: z.object({ sessionId: z.string().min(1).optional(), userId: z.string().min(1).optional() }),
    },
    responses: {
      200: jsonResponse(z.object({ deleted: z.number() }), "How many traces; nothing of them is left"),
      202: jsonResponse(z.object({ deletion }), "They are many: being deleted in the background"),
      ...errorResponses(),
    },
  }),
  async (c) => {
    const { sessionId, userId } = c.req.valid("query");
    if ((sessionId === undefined) === (userId === undefined)) {
      const message = "Name either the session or the user to forget.";
      throw new AppError("invalid_input", message, { issues: [{ path: "userId", message }] });
    }
    const forget = sessionId !== undefined ? { sessionId } : { userId: userId! };
    const outcome = await startDeletion(c.var.ctx, forget);
    return "deleted" in outcome ? c.json(outcome, 200) : c.json(outcome, 202);
  },
);

traceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/trace-deletions/{id}",
    tags,
    security,
    summary: "How far a deletion is",
    request: { params: z.object({ id: z.string() }) },
    responses: { 200: jsonResponse(deletion, "The deletion"), ...errorResponses(404) },
  }),
  async (c) => c.json(await findTraceDeletion(c.var.ctx, c.req.valid("param").id), 200),
);

const actor = z.object({
  id: z.string(),
  traceCount: z.number(),
  firstAt: z.string(),
  lastAt: z.string(),
  errorCount: z.number(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  userId: z.string().nullable(),
});
const actorQuery = pageQuery.extend({ from: traceFilter.shape.from });

for (const [path, summary, listActors] of [
  ["/api/v1/sessions", "List sessions, the last active first", listSessions],
  ["/api/v1/users", "List users, the last active first", listUsers],
] as const) {
  traceRoutes.openapi(
    createRoute({
      method: "get",
      path,
      tags,
      security,
      summary,
      request: { query: actorQuery },
      responses: { 200: jsonResponse(pageOf(actor), "A page"), ...errorResponses() },
    }),
    async (c) => c.json(await listActors(c.var.ctx, c.req.valid("query")), 200),
  );
}
