import { createRoute, z } from "@hono/zod-openapi";
import {
  abDefinitionJson,
  abTestJson,
  assignBody,
  assignedJson,
  reportJson,
  toAbTestJson,
  toReportJson,
} from "#lib/abtests/api-schema.ts";
import { assignAndCompile } from "#lib/abtests/assign-and-compile.ts";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import { definitionOf } from "#lib/abtests/definition.ts";
import { getReport } from "#lib/abtests/get-report.ts";
import { pauseAbTest } from "#lib/abtests/pause-ab-test.ts";
import { promoteWinner } from "#lib/abtests/promote-winner.ts";
import { findAbTest, listAbTests } from "#lib/abtests/queries.ts";
import { createAbTestInput, promoteInput, updateDraftInput } from "#lib/abtests/schema.ts";
import { startAbTest } from "#lib/abtests/start-ab-test.ts";
import { stopAbTest } from "#lib/abtests/stop-ab-test.ts";
import { updateDraft } from "#lib/abtests/update-draft.ts";
import { errorResponses, jsonResponse, newRoutes, pageOf, pageQuery, security } from "../route.ts";

const tags = ["A/B tests"];
const params = z.object({ key: z.string().openapi({ param: { name: "key", in: "path" }, example: "tone" }) });
const body = <Schema extends z.ZodType>(schema: Schema, required = true) => ({
  required,
  content: { "application/json": { schema } },
});

/** A/B tests: live traffic split by unit over variants, assignment, report and promotion. */
export const abTestRoutes = newRoutes();

abTestRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/ab-tests",
    tags,
    security,
    summary: "List A/B tests, newest first",
    request: { query: pageQuery.extend({ status: abTestJson.shape.status.optional() }) },
    responses: { 200: jsonResponse(pageOf(abTestJson), "A page of A/B tests"), ...errorResponses() },
  }),
  async (c) => {
    const { data, nextCursor } = await listAbTests(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toAbTestJson), nextCursor }, 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests",
    tags,
    security,
    summary: "Make a draft",
    description:
      "Nothing is assigned until it is started. Weights must add up to 1; none means an equal split.",
    request: { body: body(createAbTestInput) },
    responses: { 201: jsonResponse(abTestJson, "The draft"), ...errorResponses(409) },
  }),
  async (c) => c.json(toAbTestJson(await createAbTest(c.var.ctx, c.req.valid("json"))), 201),
);

abTestRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/ab-tests/{key}",
    tags,
    security,
    summary: "One A/B test",
    request: { params },
    responses: { 200: jsonResponse(abTestJson, "The A/B test"), ...errorResponses(404) },
  }),
  async (c) => c.json(toAbTestJson(await findAbTest(c.var.ctx, c.req.valid("param").key)), 200),
);

abTestRoutes.openapi(
  createRoute({
    method: "put",
    path: "/api/v1/ab-tests/{key}",
    tags,
    security,
    summary: "Replace a draft",
    request: { params, body: body(updateDraftInput) },
    responses: { 200: jsonResponse(abTestJson, "The draft"), ...errorResponses(404, 409) },
  }),
  async (c) =>
    c.json(toAbTestJson(await updateDraft(c.var.ctx, c.req.valid("param").key, c.req.valid("json"))), 200),
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/start",
    tags,
    security,
    summary: "Start a draft, or resume a paused test",
    description:
      "What the metrics are judged against is frozen. Warnings answer 409 unless they are accepted.",
    request: { params, body: body(z.object({ acceptsWarnings: z.boolean().default(false) }), false) },
    responses: { 200: jsonResponse(abTestJson, "The running test"), ...errorResponses(404, 409) },
  }),
  async (c) => {
    const options = c.req.valid("json") ?? {};
    return c.json(toAbTestJson(await startAbTest(c.var.ctx, c.req.valid("param").key, options)), 200);
  },
);

const reasonBody = z.object({ reason: z.string().max(2000).default("") });

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/pause",
    tags,
    security,
    summary: "Serve the control to everyone until it is started again",
    request: { params, body: body(reasonBody, false) },
    responses: { 200: jsonResponse(abTestJson, "The paused test"), ...errorResponses(404, 409) },
  }),
  async (c) => {
    const { reason } = c.req.valid("json") ?? {};
    return c.json(toAbTestJson(await pauseAbTest(c.var.ctx, c.req.valid("param").key, reason)), 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/stop",
    tags,
    security,
    summary: "End it without a winner",
    request: { params, body: body(reasonBody, false) },
    responses: { 200: jsonResponse(abTestJson, "The stopped test"), ...errorResponses(404, 409) },
  }),
  async (c) => {
    const { reason } = c.req.valid("json") ?? {};
    return c.json(toAbTestJson(await stopAbTest(c.var.ctx, c.req.valid("param").key, reason)), 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/assign",
    tags,
    security,
    summary: "The unit's variant, sticky; logs the exposure",
    description:
      "For applications that call their model themselves. With `variables` the variant's prompt comes back compiled. Put `spanAttributes` on the span of the call, so that its trace counts.",
    request: { params, body: body(assignBody) },
    responses: { 200: jsonResponse(assignedJson, "What to serve"), ...errorResponses(404, 409) },
  }),
  async (c) => c.json(await assignAndCompile(c.var.ctx, c.req.valid("param").key, c.req.valid("json")), 200),
);

abTestRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/ab-tests/{key}/definition",
    tags,
    security,
    summary: "All that a client needs to assign by itself, with the same hash",
    description:
      "Variant i owns [c, c + coverage × weight) of hash space, c the weights before it. Hash 3: murmur3_x86_32 of UTF-8 `seed:unit` ÷ 2³². Hash 2: GrowthBook's version 2.",
    request: { params },
    responses: { 200: jsonResponse(abDefinitionJson, "The definition"), ...errorResponses(404) },
  }),
  async (c) => c.json(definitionOf(await findAbTest(c.var.ctx, c.req.valid("param").key)), 200),
);

abTestRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/ab-tests/{key}/report",
    tags,
    security,
    summary: "Verdict, health, estimates with anytime-valid intervals, and the sums they come from",
    request: { params },
    responses: { 200: jsonResponse(reportJson, "The report as it is now"), ...errorResponses(404) },
  }),
  async (c) => c.json(toReportJson(await getReport(c.var.ctx, c.req.valid("param").key)), 200),
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/promote",
    tags,
    security,
    summary: "Conclude with a winner: its prompt's label moves, deployments of the test follow",
    description: "Promoting what the verdict does not recommend needs `againstVerdictReason`, else 409.",
    request: { params, body: body(promoteInput) },
    responses: {
      200: jsonResponse(
        z.object({
          abTest: abTestJson,
          promptName: z.string(),
          label: z.string(),
          fromVersion: z.number().nullable(),
          toVersion: z.number(),
          deployments: z.array(z.string()),
          isAgainstVerdict: z.boolean(),
        }),
        "What moved",
      ),
      ...errorResponses(404, 409),
    },
  }),
  async (c) => {
    const { key } = c.req.valid("param");
    const promoted = await promoteWinner(c.var.ctx, { key, ...c.req.valid("json") });
    return c.json({ ...promoted, abTest: toAbTestJson(promoted.abTest) }, 200);
  },
);
