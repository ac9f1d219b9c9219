import { createRoute, z } from "@hono/zod-openapi";
import { changeWebhook } from "#lib/webhooks/change-webhook.ts";
import { createWebhook } from "#lib/webhooks/create-webhook.ts";
import { deleteWebhook } from "#lib/webhooks/delete-webhook.ts";
import { listDeliveries, listWebhooks } from "#lib/webhooks/queries.ts";
import { redeliver } from "#lib/webhooks/redeliver.ts";
import { changeWebhookInput, createWebhookInput, delivery, webhook } from "#lib/webhooks/schema.ts";
import { sendTest } from "#lib/webhooks/send-test.ts";
import { errorResponses, jsonResponse, newRoutes, pageOf, pageQuery, security } from "../route.ts";

/** Who outside is told of what happened. Signed as the Standard Webhooks specification says. */
export const webhookRoutes = newRoutes();

const tags = ["Webhooks"];
const byId = z.object({ id: z.uuid() });
const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { "application/json": { schema } },
});

webhookRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/webhooks",
    tags,
    security,
    summary: "List webhooks",
    responses: {
      200: jsonResponse(z.object({ data: z.array(webhook) }), "Oldest first"),
      ...errorResponses(),
    },
  }),
  async (c) => c.json({ data: await listWebhooks(c.var.ctx) }, 200),
);

webhookRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/webhooks",
    tags,
    security,
    summary: "Make a webhook; its signing secret is answered this once",
    request: { body: body(createWebhookInput) },
    responses: {
      201: jsonResponse(z.object({ webhook, secret: z.string() }), "The webhook and its secret"),
      ...errorResponses(409),
    },
  }),
  async (c) => c.json(await createWebhook(c.var.ctx, c.req.valid("json")), 201),
);

webhookRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/api/v1/webhooks/{id}",
    tags,
    security,
    summary: "Change address or events, or switch it on or off",
    request: { params: byId, body: body(changeWebhookInput) },
    responses: { 200: jsonResponse(webhook, "The webhook as it is now"), ...errorResponses(404) },
  }),
  async (c) => c.json(await changeWebhook(c.var.ctx, c.req.valid("param").id, c.req.valid("json")), 200),
);

webhookRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/v1/webhooks/{id}",
    tags,
    security,
    summary: "Delete a webhook with its log",
    request: { params: byId },
    responses: { 204: { description: "It is sent nothing any more." }, ...errorResponses(404) },
  }),
  async (c) => {
    await deleteWebhook(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  },
);

webhookRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/webhooks/{id}/test",
    tags,
    security,
    summary: "Send a test message now and say how it went",
    request: { params: byId },
    responses: { 200: jsonResponse(delivery, "The delivery"), ...errorResponses(404) },
  }),
  async (c) => c.json(await sendTest(c.var.ctx, c.req.valid("param").id), 200),
);

webhookRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/webhooks/{id}/deliveries",
    tags,
    security,
    summary: "The delivery log of the last thirty days, newest first",
    request: { params: byId, query: pageQuery },
    responses: { 200: jsonResponse(pageOf(delivery), "Deliveries"), ...errorResponses() },
  }),
  async (c) =>
    c.json(
      await listDeliveries(c.var.ctx, { webhookId: c.req.valid("param").id, ...c.req.valid("query") }),
      200,
    ),
);

webhookRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/webhooks/deliveries/{id}/redeliver",
    tags,
    security,
    summary: "Send a failed delivery once more, as the same message",
    request: { params: byId },
    responses: { 200: jsonResponse(delivery, "It waits its turn"), ...errorResponses(404, 409) },
  }),
  async (c) => c.json(await redeliver(c.var.ctx, c.req.valid("param").id), 200),
);
