import { createRoute, z } from "@hono/zod-openapi";
import { testConnection } from "#lib/llm/test-connection.ts";
import { archiveConnection } from "#lib/models/archive-connection.ts";
import { findConnection, listConnections } from "#lib/models/queries.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { connection, connectionTest, saveConnectionInput } from "#lib/models/schema.ts";
import { errorResponses, jsonResponse, newRoutes, security } from "../route.ts";

/** Where providers are reached. Keys go in and never come out. */
export const connectionsRoutes = newRoutes();

const tags = ["Connections"];
const byId = z.object({ id: z.string().openapi({ description: "The connection's id or name." }) });

connectionsRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/connections",
    tags,
    security,
    summary: "List connections",
    responses: {
      200: jsonResponse(
        z.object({ data: z.array(connection), nextCursor: z.null() }),
        "All connections, by name.",
      ),
      ...errorResponses(),
    },
  }),
  async (c) => c.json({ data: await listConnections(c.var.ctx), nextCursor: null }, 200),
);

connectionsRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/connections",
    tags,
    security,
    summary: "Make a connection, or change the one with `id`",
    request: { body: { required: true, content: { "application/json": { schema: saveConnectionInput } } } },
    responses: {
      200: jsonResponse(connection, "The connection as it is now."),
      ...errorResponses(404, 409),
    },
  }),
  async (c) => c.json(await saveConnection(c.var.ctx, c.req.valid("json")), 200),
);

connectionsRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/connections/{id}",
    tags,
    security,
    summary: "One connection",
    request: { params: byId },
    responses: { 200: jsonResponse(connection, "The connection."), ...errorResponses(404) },
  }),
  async (c) => c.json(await findConnection(c.var.ctx, c.req.valid("param").id), 200),
);

connectionsRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/connections/{id}/test",
    tags,
    security,
    summary: "Ask the provider for its models",
    request: { params: byId },
    responses: {
      200: jsonResponse(connectionTest, "What was found, or what failed."),
      ...errorResponses(404),
    },
  }),
  async (c) => c.json(await testConnection(c.var.ctx, c.req.valid("param").id), 200),
);

connectionsRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/v1/connections/{id}",
    tags,
    security,
    summary: "Archive a connection and forget its key",
    request: { params: byId },
    responses: { 200: jsonResponse(connection, "The archived connection."), ...errorResponses(404, 409) },
  }),
  async (c) => c.json(await archiveConnection(c.var.ctx, c.req.valid("param").id), 200),
);
