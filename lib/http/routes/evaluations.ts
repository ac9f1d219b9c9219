import { createRoute, z } from "@hono/zod-openapi";
import { cancelEvaluation } from "#lib/evaluations/cancel-evaluation.ts";
import { getMatrix } from "#lib/evaluations/get-matrix.ts";
import { listResults } from "#lib/evaluations/list-results.ts";
import { listEvaluations } from "#lib/evaluations/queries.ts";
import { evaluation, evaluationResult, matrix, startEvaluationInput } from "#lib/evaluations/schema.ts";
import { startEvaluation } from "#lib/evaluations/start-evaluation.ts";
import { errorResponses, jsonResponse, newRoutes, pageOf, pageQuery, security } from "../route.ts";

const tags = ["Evaluations"];
const params = z.object({ id: z.string() });

/** Evaluations: candidates × items × repeats, scored by evaluators. */
export const evaluationRoutes = newRoutes();

evaluationRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/evaluations",
    tags,
    security,
    summary: "List evaluations, newest first",
    request: { query: pageQuery.extend({ datasetVersionId: z.uuid().optional() }) },
    responses: { 200: jsonResponse(pageOf(evaluation), "A page of evaluations"), ...errorResponses() },
  }),
  async (c) => c.json(await listEvaluations(c.var.ctx, c.req.valid("query")), 200),
);

evaluationRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/evaluations",
    tags,
    security,
    summary: "Start an evaluation",
    request: {
      body: { required: true, content: { "application/json": { schema: startEvaluationInput } } },
    },
    responses: { 201: jsonResponse(evaluation, "The queued evaluation"), ...errorResponses(404) },
  }),
  async (c) => c.json(await startEvaluation(c.var.ctx, c.req.valid("json")), 201),
);

evaluationRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/evaluations/{id}",
    tags,
    security,
    summary: "Status, progress and the matrix of an evaluation",
    description:
      "Means have 95 % intervals; differences are paired by item against the baseline. A call that failed counts as 0 in every score of correctness and not at all in latency and cost.",
    request: {
      params,
      query: z.object({
        baseline: z.uuid().optional().openapi({
          description: "The candidate to compare with; the evaluation's own baseline unless given.",
        }),
      }),
    },
    responses: { 200: jsonResponse(matrix, "The evaluation and its matrix"), ...errorResponses(404) },
  }),
  async (c) => {
    const { baseline: baselineId } = c.req.valid("query");
    return c.json(await getMatrix(c.var.ctx, c.req.valid("param").id, { baselineId }), 200);
  },
);

evaluationRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/evaluations/{id}/cancel",
    tags,
    security,
    summary: "Stop an evaluation",
    request: { params },
    responses: { 200: jsonResponse(evaluation, "The canceled evaluation"), ...errorResponses(404, 409) },
  }),
  async (c) => c.json(await cancelEvaluation(c.var.ctx, c.req.valid("param").id), 200),
);

evaluationRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/evaluations/{id}/results",
    tags,
    security,
    summary: "Results with their scores, in the items' order",
    request: {
      params,
      query: pageQuery.extend({
        candidate: z.uuid().optional().openapi({ description: "Only this candidate's." }),
        status: z.enum(["ok", "error"]).optional(),
        score: z
          .string()
          .optional()
          .openapi({ description: "An evaluator's name, for minimum and maximum." }),
        minimum: z.coerce.number().optional(),
        maximum: z.coerce.number().optional(),
      }),
    },
    responses: { 200: jsonResponse(pageOf(evaluationResult), "A page of results"), ...errorResponses(404) },
  }),
  async (c) => {
    const { limit, cursor, candidate: candidateId, ...filter } = c.req.valid("query");
    const { id } = c.req.valid("param");
    return c.json(await listResults(c.var.ctx, id, { ...filter, candidateId }, { limit, cursor }), 200);
  },
);
