import { createRoute, z } from "@hono/zod-openapi";
import { deleteDeployment } from "#lib/deployments/delete-deployment.ts";
import { findDeployment, listDeployments } from "#lib/deployments/queries.ts";
import { saveDeployment } from "#lib/deployments/save-deployment.ts";
import { deployment, saveDeploymentInput } from "#lib/deployments/schema.ts";
import { errorResponses, jsonResponse, newRoutes, pageOf, pageQuery, security } from "../route.ts";

/** Named endpoints that serve a prompt on a model, or an A/B test; called at /v1/chat/completions. */
export const deploymentsRoutes = newRoutes();

const tags = ["Deployments"];
const byName = z.object({ name: z.string() });

deploymentsRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/deployments",
    tags,
    security,
    summary: "List deployments",
    request: { query: pageQuery },
    responses: { 200: jsonResponse(pageOf(deployment), "Deployments, by name."), ...errorResponses() },
  }),
  async (c) => c.json(await listDeployments(c.var.ctx, c.req.valid("query")), 200),
);

deploymentsRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/deployments",
    tags,
    security,
    summary: "Make a deployment, or replace what it serves",
    request: { body: { required: true, content: { "application/json": { schema: saveDeploymentInput } } } },
    responses: { 200: jsonResponse(deployment, "The deployment as it is now."), ...errorResponses() },
  }),
  async (c) => c.json(await saveDeployment(c.var.ctx, c.req.valid("json")), 200),
);

deploymentsRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/deployments/{name}",
    tags,
    security,
    summary: "One deployment",
    request: { params: byName },
    responses: { 200: jsonResponse(deployment, "The deployment."), ...errorResponses(404) },
  }),
  async (c) => c.json(await findDeployment(c.var.ctx, c.req.valid("param").name), 200),
);

deploymentsRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/v1/deployments/{name}",
    tags,
    security,
    summary: "Delete a deployment",
    request: { params: byName },
    responses: { 204: { description: "Calls that name it answer 404 from now on." }, ...errorResponses(404) },
  }),
  async (c) => {
    await deleteDeployment(c.var.ctx, c.req.valid("param").name);
    return c.body(null, 204);
  },
);
