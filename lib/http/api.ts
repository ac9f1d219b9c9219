import { bodyLimit } from "hono/body-limit";
import { AppError } from "#lib/core/errors.ts";
import { sql } from "#lib/db/postgres.ts";
import { env } from "#lib/env.ts";
import { auth } from "#lib/projects/auth.ts";
import { authenticate, identifyRequest } from "./authenticate.ts";
import { serveDocument } from "./openapi.ts";
import { jsonError } from "./respond.ts";
import { newRoutes } from "./route.ts";
import { abTestRoutes } from "./routes/ab-tests.ts";
import { clientRoutes } from "./routes/client.ts";
import { connectionsRoutes } from "./routes/connections.ts";
import { datasetRoutes } from "./routes/datasets.ts";
import { deploymentsRoutes } from "./routes/deployments.ts";
import { evaluationRoutes } from "./routes/evaluations.ts";
import { gatewayRoutes } from "./routes/gateway.ts";
import { imageRoutes } from "./routes/images.ts";
import { modelsRoutes } from "./routes/models.ts";
import { otlpRoutes } from "./routes/otlp.ts";
import { playgroundRoutes } from "./routes/playground.ts";
import { promptIncludeRoutes } from "./routes/prompt-includes.ts";
import { promptRoutes } from "./routes/prompts.ts";
import { registryRoutes } from "./routes/registry.ts";
import { rehearsalRoutes } from "./routes/rehearsal.ts";
import { scoreRoutes } from "./routes/scores.ts";
import { traceStreamRoutes } from "./routes/trace-streams.ts";
import { traceRoutes } from "./routes/traces.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

/**
 * The machine API: one Hono application. The server process answers it before Next sees the request; under plain
 * Next, `app/api/[[...route]]/route.ts` mounts the same object.
 */
export const api = newRoutes();

api.use("*", identifyRequest);
api.onError((error, c) => jsonError(error, c.var.requestId));
api.notFound((c) =>
  jsonError(
    new AppError("not_found", `There is no ${c.req.method} ${c.req.path}. See /api/reference.`),
    c.var.requestId,
  ),
);

api.get("/health", async (c) => {
  await sql()`select 1`;
  return c.json({ status: "ok" });
});
api.on(["GET", "POST"], "/api/auth/*", (c) => auth().handler(c.req.raw));

const limitBody = bodyLimit({
  maxSize: env().bodyLimitBytes,
  onError: (c) =>
    jsonError(
      new AppError("too_large", `The body is over ${env().bodyLimitBytes} bytes.`),
      c.get("requestId"),
    ),
});
/**
 * Told by the headers: looking at the body makes the adapter build a whole Request (22 µs a fetch instead of 13), and
 * one without a body cannot be built where Next has put its own Request in place of Node's.
 */
const hasBody = (header: (name: string) => string | undefined) =>
  header("transfer-encoding") !== undefined || Number(header("content-length") ?? 0) > 0;

api.use(
  "/api/v1/*",
  (c, next) => (hasBody((name) => c.req.header(name)) ? limitBody(c, next) : next()),
  authenticate,
);

for (const routes of [
  promptRoutes,
  promptIncludeRoutes,
  imageRoutes,
  registryRoutes,
  connectionsRoutes,
  modelsRoutes,
  datasetRoutes,
  evaluationRoutes,
  playgroundRoutes,
  abTestRoutes,
  deploymentsRoutes,
  traceStreamRoutes,
  traceRoutes,
  scoreRoutes,
  webhookRoutes,
]) {
  api.route("/", routes);
}
// These answer errors in their own protocol's shape, so they authenticate by themselves.
api.route("/", otlpRoutes);
api.route("/", gatewayRoutes);
api.route("/", rehearsalRoutes);
api.route("/", clientRoutes);
serveDocument(api);
