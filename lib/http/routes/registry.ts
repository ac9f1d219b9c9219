import { createRoute, z } from "@hono/zod-openapi";
import { stages } from "#lib/models/schema.ts";
import { listPromotions } from "#lib/registry/list-promotions.ts";
import {
  listProtected,
  protectLabel,
  protectLabelInput,
  unprotectLabel,
} from "#lib/registry/protect-label.ts";
import { promotion, setStageInput } from "#lib/registry/schema.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { errorResponses, jsonResponse, newRoutes, pageOf, pageQuery, security } from "../route.ts";

export const registryRoutes = newRoutes();

const tags = ["Registry"];

const stageRoute = createRoute({
  method: "patch",
  path: "/api/v1/model-versions/{id}/stage",
  tags,
  security,
  summary: "Move a model version to a stage",
  description:
    "Several versions of a model may share a stage; `archiveExisting` sends the others to Archived.",
  request: {
    params: z.object({ id: z.string() }),
    body: {
      required: true,
      content: { "application/json": { schema: setStageInput.omit({ modelVersionId: true }) } },
    },
  },
  responses: {
    200: jsonResponse(
      z.object({
        modelVersionId: z.uuid(),
        fromStage: z.enum(stages),
        stage: z.enum(stages),
        archivedVersions: z.array(z.int()),
      }),
      "Where it was and is.",
    ),
    ...errorResponses(404),
  },
});
registryRoutes.openapi(stageRoute, async (c) => {
  return c.json(
    await setStage(c.var.ctx, { ...c.req.valid("json"), modelVersionId: c.req.valid("param").id }),
    200,
  );
});

const promotionsRoute = createRoute({
  method: "get",
  path: "/api/v1/promotions",
  tags,
  security,
  summary: "Every move of a label or stage in the project, the newest first",
  request: {
    query: pageQuery.extend({
      subject: z.enum(["prompt_label", "model_stage", "deployment"]).optional(),
      subjectId: z.string().optional(),
      target: z.string().optional().openapi({ description: "A label or a stage." }),
    }),
  },
  responses: { 200: jsonResponse(pageOf(promotion), "A page of moves."), ...errorResponses() },
});
registryRoutes.openapi(promotionsRoute, async (c) => {
  return c.json(await listPromotions(c.var.ctx, c.req.valid("query")), 200);
});

const protectedLabels = z.object({ data: z.array(protectLabelInput) });
const listProtectedRoute = createRoute({
  method: "get",
  path: "/api/v1/protected-labels",
  tags,
  security,
  summary: "List the labels that only some may move",
  responses: { 200: jsonResponse(protectedLabels, "The protected labels."), ...errorResponses() },
});
registryRoutes.openapi(listProtectedRoute, async (c) => {
  return c.json({ data: protectedLabels.shape.data.parse(await listProtected(c.var.ctx)) }, 200);
});

const byName = z.object({ name: protectLabelInput.shape.name });
const protectRoute = createRoute({
  method: "put",
  path: "/api/v1/protected-labels/{name}",
  tags,
  security,
  summary: "Protect a label",
  request: {
    params: byName,
    body: {
      required: true,
      content: { "application/json": { schema: protectLabelInput.omit({ name: true }) } },
    },
  },
  responses: { 200: jsonResponse(protectLabelInput, "The protected label."), ...errorResponses() },
});
registryRoutes.openapi(protectRoute, async (c) => {
  const input = { ...c.req.valid("param"), ...c.req.valid("json") };
  await protectLabel(c.var.ctx, input);
  return c.json(input, 200);
});

const unprotectRoute = createRoute({
  method: "delete",
  path: "/api/v1/protected-labels/{name}",
  tags,
  security,
  summary: "Let every editor move a label again",
  request: { params: byName },
  responses: { 204: { description: "It is no longer protected." }, ...errorResponses(404) },
});
registryRoutes.openapi(unprotectRoute, async (c) => {
  await unprotectLabel(c.var.ctx, c.req.valid("param").name);
  return c.body(null, 204);
});
