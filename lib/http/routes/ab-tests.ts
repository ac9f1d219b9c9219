import { createRoute, z } from "@hono/zod-openapi";
import { amendAbTest } from "#lib/abtests/amend-ab-test.ts";
import {
  abDefinitionJson,
  abTestJson,
  assignBody,
  assignedJson,
  decisionJson,
  findingJson,
  promotedJson,
  promotionJson,
  reportJson,
  rolledBackJson,
  toAbTestJson,
  toPromotionJson,
  toReportJson,
} from "#lib/abtests/api-schema.ts";
import { approvePromotion } from "#lib/abtests/approve-promotion.ts";
import { assignAndCompile } from "#lib/abtests/assign-and-compile.ts";
import { changeTraffic } from "#lib/abtests/change-traffic.ts";
import { checkLaunch } from "#lib/abtests/check-launch.ts";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import { declinePromotion, withdrawPromotion } from "#lib/abtests/decline-promotion.ts";
import { definitionOf } from "#lib/abtests/definition.ts";
import { evidenceFile } from "#lib/abtests/evidence-file.ts";
import { examplesJson, examplesQuery, toExamplesJson } from "#lib/abtests/examples-schema.ts";
import { getEvidence } from "#lib/abtests/get-evidence.ts";
import { getReport } from "#lib/abtests/get-report.ts";
import { listExamples } from "#lib/abtests/list-examples.ts";
import { pauseAbTest } from "#lib/abtests/pause-ab-test.ts";
import { promoteWinner } from "#lib/abtests/promote-winner.ts";
import { listAbPromotions } from "#lib/abtests/promotion.ts";
import { findAbTest, listAbTests, listDecisions } from "#lib/abtests/queries.ts";
import { requestPromotion } from "#lib/abtests/request-promotion.ts";
import { rollBackPromotion } from "#lib/abtests/roll-back-promotion.ts";
import {
  amendInput,
  changeTrafficInput,
  createAbTestInput,
  promoteInput,
  updateDraftInput,
} from "#lib/abtests/schema.ts";
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
    path: "/api/v1/ab-tests/{key}/examples",
    tags,
    security,
    summary: "Traces that show what the numbers are made of",
    description:
      "Of the latest traces of the control and one treatment: pairs that answer the same input, the worst by each measure, and some at random.",
    request: { params, query: examplesQuery },
    responses: { 200: jsonResponse(examplesJson, "The examples"), ...errorResponses(404) },
  }),
  async (c) =>
    c.json(
      toExamplesJson(await listExamples(c.var.ctx, c.req.valid("param").key, c.req.valid("query"))),
      200,
    ),
);

abTestRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/ab-tests/{key}/evidence",
    tags,
    security,
    summary: "What the verdict rests on",
    description:
      "The design, the sums and the verdict as one file. `npm run verdict -- FILE` computes the verdict again from it.",
    request: { params },
    responses: { 200: jsonResponse(evidenceFile, "The evidence as it is now"), ...errorResponses(404) },
  }),
  async (c) => c.json(await getEvidence(c.var.ctx, c.req.valid("param").key), 200),
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
    method: "get",
    path: "/api/v1/ab-tests/{key}/check",
    tags,
    security,
    summary: "What would stop or spoil the test if it were started now",
    request: { params },
    responses: {
      200: jsonResponse(z.object({ findings: z.array(findingJson) }), "Errors first; none is good"),
      ...errorResponses(404),
    },
  }),
  async (c) => {
    const test = await findAbTest(c.var.ctx, c.req.valid("param").key);
    return c.json({ findings: await checkLaunch(c.var.ctx, test) }, 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/traffic",
    tags,
    security,
    summary: "Raise the coverage, or change the weights",
    description:
      "A higher coverage only adds units. Other weights begin a new phase, which is combined with the old one and never pooled.",
    request: { params, body: body(changeTrafficInput) },
    responses: { 200: jsonResponse(abTestJson, "The test as it is now"), ...errorResponses(404, 409) },
  }),
  async (c) =>
    c.json(toAbTestJson(await changeTraffic(c.var.ctx, c.req.valid("param").key, c.req.valid("json"))), 200),
);

abTestRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/api/v1/ab-tests/{key}",
    tags,
    security,
    summary: "Amend a started test",
    description:
      "Words, longest duration, what happens by itself, more exploratory metrics. Each amendment is in the decision log; what the numbers are judged by stays frozen.",
    request: { params, body: body(amendInput) },
    responses: { 200: jsonResponse(abTestJson, "The test as it is now"), ...errorResponses(404, 409) },
  }),
  async (c) =>
    c.json(toAbTestJson(await amendAbTest(c.var.ctx, c.req.valid("param").key, c.req.valid("json"))), 200),
);

abTestRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/ab-tests/{key}/decisions",
    tags,
    security,
    summary: "The decision log, oldest first, each entry with its evidence",
    request: { params },
    responses: {
      200: jsonResponse(z.object({ data: z.array(decisionJson) }), "Append-only"),
      ...errorResponses(404),
    },
  }),
  async (c) => {
    const test = await findAbTest(c.var.ctx, c.req.valid("param").key);
    const decisions = await listDecisions(c.var.ctx, test.id);
    return c.json({ data: decisions.map((each) => ({ ...each, at: each.at.toISOString() })) }, 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/promote",
    tags,
    security,
    summary: "Conclude with a winner: label, model stage and deployments of the test move together",
    description:
      "Only what the verdict recommends. Anything else, and every promotion of a test whose policy is `approval`, answers 409: ask for a second person at `promotions`.",
    request: { params, body: body(promoteInput) },
    responses: { 200: jsonResponse(promotedJson, "What moved"), ...errorResponses(404, 409) },
  }),
  async (c) => {
    const { key } = c.req.valid("param");
    const promoted = await promoteWinner(c.var.ctx, { key, ...c.req.valid("json") });
    return c.json({ ...promoted, abTest: toAbTestJson(promoted.abTest) }, 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/rollback",
    tags,
    security,
    summary: "Undo the promotion: label, stage and deployments go back",
    description: "What somebody has moved since is left, and said. The test is stopped afterwards.",
    request: { params, body: body(reasonBody, false) },
    responses: { 200: jsonResponse(rolledBackJson, "What was put back"), ...errorResponses(404, 409) },
  }),
  async (c) => {
    const { key } = c.req.valid("param");
    const outcome = await rollBackPromotion(c.var.ctx, { key, ...c.req.valid("json") });
    return c.json({ ...outcome, abTest: toAbTestJson(outcome.abTest) }, 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/ab-tests/{key}/promotions",
    tags,
    security,
    summary: "Promotions asked for, scheduled, carried out, declined and rolled back, newest first",
    request: { params },
    responses: {
      200: jsonResponse(z.object({ data: z.array(promotionJson) }), "The test's promotions"),
      ...errorResponses(404),
    },
  }),
  async (c) => {
    const test = await findAbTest(c.var.ctx, c.req.valid("param").key);
    const promotions = await listAbPromotions(c.var.ctx, test.id);
    return c.json({ data: promotions.map(toPromotionJson) }, 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/promotions",
    tags,
    security,
    summary: "Ask a second person to promote a variant",
    description: "Against the verdict it needs `againstVerdictReason`, else 409.",
    request: { params, body: body(promoteInput) },
    responses: { 201: jsonResponse(promotionJson, "It waits"), ...errorResponses(404, 409) },
  }),
  async (c) => {
    const { key } = c.req.valid("param");
    return c.json(toPromotionJson(await requestPromotion(c.var.ctx, { key, ...c.req.valid("json") })), 201);
  },
);

const promotionParams = params.extend({
  id: z.uuid().openapi({ param: { name: "id", in: "path" } }),
});
const noteBody = z.object({ note: z.string().max(2000).default("") });

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/promotions/{id}/approve",
    tags,
    security,
    summary: "Approve a promotion that somebody else asked for, and carry it out",
    description: "Only a member who is signed in approves; a key is no second person: 403.",
    request: { params: promotionParams, body: body(noteBody, false) },
    responses: { 200: jsonResponse(promotedJson, "What moved"), ...errorResponses(404, 409) },
  }),
  async (c) => {
    const { key, id } = c.req.valid("param");
    const { note } = c.req.valid("json") ?? {};
    const promoted = await approvePromotion(c.var.ctx, { key, promotionId: id, note });
    return c.json({ ...promoted, abTest: toAbTestJson(promoted.abTest) }, 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/promotions/{id}/decline",
    tags,
    security,
    summary: "Decline a promotion that waits, with a reason in `note`; of a scheduled one this is the veto",
    request: { params: promotionParams, body: body(noteBody) },
    responses: { 200: jsonResponse(promotionJson, "Declined"), ...errorResponses(404, 409) },
  }),
  async (c) => {
    const { key, id } = c.req.valid("param");
    const { note } = c.req.valid("json");
    return c.json(toPromotionJson(await declinePromotion(c.var.ctx, { key, promotionId: id, note })), 200);
  },
);

abTestRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/ab-tests/{key}/promotions/{id}/withdraw",
    tags,
    security,
    summary: "Take back one's own request",
    request: { params: promotionParams },
    responses: { 200: jsonResponse(promotionJson, "Withdrawn"), ...errorResponses(404, 409) },
  }),
  async (c) => {
    const { key, id } = c.req.valid("param");
    return c.json(toPromotionJson(await withdrawPromotion(c.var.ctx, { key, promotionId: id })), 200);
  },
);
