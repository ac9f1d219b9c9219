import { z } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "#lib/core/errors.ts";
import { env } from "#lib/env.ts";
import {
  chatEndpoint,
  type Endpoint,
  embeddingsEndpoint,
  responsesEndpoint,
} from "#lib/ingest/gateway/endpoints.ts";
import { invokeGateway } from "#lib/ingest/gateway/invoke.ts";
import { listCallable } from "#lib/ingest/gateway/list-callable.ts";
import { toOpenAiError } from "#lib/ingest/gateway/openai-error.ts";
import { authenticate } from "../authenticate.ts";
import { type Answer, toWebResponse } from "../exchange.ts";
import { answerOf } from "../respond.ts";
import { newRoutes } from "../route.ts";

/**
 * The OpenAI-compatible gateway. It authenticates by itself and answers every error in OpenAI's shape, so that stock
 * clients raise their own exceptions.
 */
export const gatewayRoutes = newRoutes();

gatewayRoutes.onError((error, c) => toWebResponse(gatewayError(error, c.var.requestId)));

/** An error as OpenAI answers it. */
export function gatewayError(error: unknown, requestId: string): Answer {
  const { status, code, message, issues, retryAfterS } = answerOf(error, requestId);
  const headers: Record<string, string> = { "content-type": "application/json", "x-request-id": requestId };
  if (retryAfterS !== undefined) headers["retry-after"] = String(Math.ceil(retryAfterS));
  return { status, headers, body: JSON.stringify(toOpenAiError(code, message, issues)) };
}

const security: Record<string, string[]>[] = [{ Bearer: [] }, { Basic: [] }];

const limit = bodyLimit({
  maxSize: env().bodyLimitBytes,
  onError: () => {
    throw new AppError("too_large", `The body is over ${env().bodyLimitBytes} bytes.`);
  },
});

const endpoints: { endpoint: Endpoint; summary: string; description: string }[] = [
  {
    endpoint: chatEndpoint,
    summary: "Call a deployment or a model",
    description:
      "OpenAI's chat completions. `model` is a deployment's name (its prompt is filled with `metadata.variables`, JSON text, or `metadata.var_<name>`; your messages follow it) or a registered model's. `metadata.user_id` is the unit of an A/B test, `metadata.session_id` the session; `metadata.prompt_name` and `metadata.prompt_version` name the prompt that your messages were made of; the headers x-stemma-unit, x-stemma-session, x-stemma-variables, x-stemma-tags, x-stemma-prompt and x-stemma-prompt-version say the same. The answer is the provider's, byte for byte; the x-stemma-* response headers name the trace, prompt version and variant.",
  },
  {
    endpoint: responsesEndpoint,
    summary: "Call a model with the Responses API",
    description:
      "Passed on to the model's connection, and traced. A deployment that serves a prompt answers 400.",
  },
  {
    endpoint: embeddingsEndpoint,
    summary: "Make embeddings",
    description: "Passed on to the model's connection, and traced.",
  },
];

for (const { endpoint, summary, description } of endpoints) {
  const path = `/v1${endpoint.path}`;
  gatewayRoutes.post(path, limit, authenticate, async (c) => {
    const body = parseCall(await c.req.text());
    const { headers, signal } = c.req.raw;
    return toWebResponse(await invokeGateway(c.var.ctx, endpoint, body, headers, signal));
  });
  // Documented by hand: the body is OpenAI's and is handed on unread but for a few fields.
  gatewayRoutes.openAPIRegistry.registerPath({
    method: "post",
    path,
    tags: ["Gateway"],
    summary,
    description,
    security,
    request: { body: { content: { "application/json": { schema: z.looseObject({ model: z.string() }) } } } },
    responses: {
      200: { description: "The provider's answer, whole or as server-sent events." },
      400: { description: "Malformed, or a variable of the prompt is missing; in OpenAI's shape." },
      401: { description: "No key, or one that is unknown or revoked." },
      403: { description: "The key lacks the scope deployments:invoke." },
      404: { description: "No deployment and no model has this name." },
      409: { description: "The deployment is disabled or has nothing to serve." },
      502: { description: "The provider cannot be reached. Its own errors come with its own status." },
    },
  });
}

gatewayRoutes.get("/v1/models", authenticate, async (c) =>
  c.json({ object: "list", data: await listCallable(c.var.ctx) }),
);
gatewayRoutes.openAPIRegistry.registerPath({
  method: "get",
  path: "/v1/models",
  tags: ["Gateway"],
  summary: "List what can be called: deployments and models",
  security,
  responses: { 200: { description: "OpenAI's list of models." } },
});

/** The body of a call. Throws `invalid_input` if it is no JSON. */
export function parseCall(body: string | Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new AppError("invalid_input", "The body is not valid JSON.", { cause });
  }
}
