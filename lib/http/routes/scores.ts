import { createRoute, z } from "@hono/zod-openapi";
import {
  archiveScoreDefinition,
  deleteScoreDefinition,
  listScoreDefinitions,
  saveScoreDefinition,
} from "#lib/scores/definitions.ts";
import { deleteScore, listScores } from "#lib/scores/queries.ts";
import { recordScores } from "#lib/scores/record-score.ts";
import { scoreDefinitionInput, scoreInput, scoreSources } from "#lib/scores/schema.ts";
import { errorResponses, jsonResponse, newRoutes, pageOf, pageQuery, security } from "../route.ts";

const tags = ["Scores"];

/** Feedback and evaluations about spans, traces and sessions, and what scores of a name may be. */
export const scoreRoutes = newRoutes();

const score = z
  .object({
    id: z.string(),
    name: z.string(),
    value: z.union([z.number(), z.boolean(), z.string()]),
    traceId: z.string().nullable(),
    spanId: z.string().nullable(),
    sessionId: z.string().nullable(),
    source: z.enum(scoreSources),
    comment: z.string().nullable(),
    author: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .openapi("Score");

scoreRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/scores",
    tags,
    security,
    summary: "Record a score, or up to a thousand, all or none",
    description: "Sent again under the same `id`, a score replaces the earlier one.",
    request: {
      body: {
        required: true,
        content: {
          "application/json": { schema: z.union([scoreInput, z.array(scoreInput).min(1).max(1000)]) },
        },
      },
    },
    responses: {
      201: jsonResponse(z.object({ ids: z.array(z.string()) }), "The scores' ids, in order"),
      ...errorResponses(),
    },
  }),
  async (c) => c.json({ ids: await recordScores(c.var.ctx, [c.req.valid("json")].flat()) }, 201),
);

scoreRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/scores",
    tags,
    security,
    summary: "List scores, newest first",
    request: {
      query: pageQuery.extend({
        name: z.string().optional(),
        traceId: z
          .string()
          .regex(/^[0-9a-fA-F]{32}$/, "32 hexadecimal characters")
          .optional(),
        spanId: z
          .string()
          .regex(/^[0-9a-fA-F]{16}$/, "16 hexadecimal characters")
          .optional(),
        sessionId: z.string().optional(),
        source: z.enum(scoreSources).optional(),
      }),
    },
    responses: { 200: jsonResponse(pageOf(score), "A page of scores"), ...errorResponses() },
  }),
  async (c) => c.json(await listScores(c.var.ctx, c.req.valid("query")), 200),
);

scoreRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/v1/scores/{id}",
    tags,
    security,
    summary: "Delete a score",
    request: { params: z.object({ id: z.string() }) },
    responses: { 204: { description: "It is gone" }, ...errorResponses(404) },
  }),
  async (c) => {
    await deleteScore(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  },
);

const definition = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(["numeric", "boolean", "categorical"]),
    minimum: z.number().nullish(),
    maximum: z.number().nullish(),
    categories: z.array(z.string()),
    description: z.string(),
    higherIsBetter: z.boolean(),
    isArchived: z.boolean(),
  })
  .openapi("ScoreDefinition");

scoreRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/score-definitions",
    tags,
    security,
    summary: "List what scores may be",
    responses: {
      200: jsonResponse(z.object({ data: z.array(definition) }), "The definitions"),
      ...errorResponses(),
    },
  }),
  async (c) => c.json({ data: await listScoreDefinitions(c.var.ctx) }, 200),
);

scoreRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/score-definitions",
    tags,
    security,
    summary: "Say what scores of a name may be",
    request: { body: { required: true, content: { "application/json": { schema: scoreDefinitionInput } } } },
    responses: { 201: jsonResponse(definition, "The definition"), ...errorResponses() },
  }),
  async (c) => c.json(await saveScoreDefinition(c.var.ctx, c.req.valid("json")), 201),
);

for (const [word, summary, isArchived] of [
  ["archive", "Let a definition refuse nothing, and keep it", true],
  ["restore", "Bring an archived definition back into force", false],
] as const) {
  scoreRoutes.openapi(
    createRoute({
      method: "post",
      path: `/api/v1/score-definitions/{name}/${word}`,
      tags,
      security,
      summary,
      request: { params: z.object({ name: z.string() }) },
      responses: { 200: jsonResponse(definition, "The definition"), ...errorResponses(404) },
    }),
    async (c) => c.json(await archiveScoreDefinition(c.var.ctx, c.req.valid("param").name, isArchived), 200),
  );
}

scoreRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/v1/score-definitions/{name}",
    tags,
    security,
    summary: "Let scores of a name be anything again",
    request: { params: z.object({ name: z.string() }) },
    responses: { 204: { description: "It is gone" }, ...errorResponses(404) },
  }),
  async (c) => {
    await deleteScoreDefinition(c.var.ctx, c.req.valid("param").name);
    return c.body(null, 204);
  },
);
