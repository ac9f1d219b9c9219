import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import type { Context } from "#lib/core/context.ts";
import { AppError, type ErrorCode } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { env } from "#lib/env.ts";
import {
  contentTypeOf,
  type Encoding,
  encodeStatus,
  encodeSuccess,
  type Signal,
} from "#lib/ingest/otlp/encode-response.ts";
import { BodyHold } from "#lib/ingest/otlp/hold-body.ts";
import { readBody } from "#lib/ingest/otlp/read-body.ts";
import { type Partial, receiveLogs, receiveMetrics, receiveTraces } from "#lib/ingest/otlp/receive.ts";
import { authenticate } from "../authenticate.ts";
import { answerOf } from "../respond.ts";
import type { ApiEnv } from "../route.ts";

type OtlpEnv = ApiEnv & { Bindings: HttpBindings | undefined };

/**
 * The OTLP/HTTP receiver (opentelemetry-proto 1.11, docs/specification.md). It answers every request, refusals
 * too, in the request's own encoding, errors as `google.rpc.Status`. The longer paths are where exporters of
 * Langfuse and of Braintrust and LangSmith send, so that an application moves by changing one address.
 */
export const otlpRoutes = new Hono<OtlpEnv>();

const prefixes = ["/v1", "/api/public/otel/v1", "/otel/v1"];

/** So many bodies of the largest size may be in memory together; past them senders are told to come again. */
const heldBodies = 2;

const receivers: Record<Signal, (ctx: Context, body: Buffer, encoding: Encoding) => Promise<Partial>> = {
  traces: receiveTraces,
  logs: receiveLogs,
  metrics: receiveMetrics,
};

for (const signal of ["traces", "logs", "metrics"] as const) {
  for (const prefix of prefixes) {
    otlpRoutes.post(`${prefix}/${signal}`, authenticate, async (c) => {
      const encoding = encodingOf(c.req.header("content-type"));
      if (!encoding) {
        throw new AppError("unsupported_media_type", "Send application/x-protobuf or application/json.");
      }
      const headers = {
        contentEncoding: c.req.header("content-encoding"),
        contentLength: c.req.header("content-length"),
      };
      const limitBytes = env().bodyLimitBytes;
      const hold = new BodyHold(limitBytes * heldBodies);
      try {
        const body = await readBody(chunksOf(c.env?.incoming, c.req.raw), headers, limitBytes, hold);
        const partial = await receivers[signal](c.var.ctx, body, encoding);
        return answer(c.env?.outgoing, encodeSuccess(encoding, signal, partial), contentTypeOf[encoding]);
      } finally {
        hold.release();
      }
    });
  }
}

/** Written to Node's own response where there is one: a small request costs a quarter less without a web Response. */
function answer(
  outgoing: HttpBindings["outgoing"] | undefined,
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
): Response {
  if (!outgoing || !("writeHead" in outgoing)) {
    return new Response(body, { headers: { "content-type": contentType } });
  }
  outgoing.writeHead(200, { "content-type": contentType, "content-length": body.byteLength });
  outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
}

otlpRoutes.onError((error, c) => {
  const requestId = c.var.requestId ?? newId();
  const { status, code, message, issues, retryAfterS } = answerOf(error, requestId);
  const encoding = encodingOf(c.req.header("content-type")) ?? "json";
  const headers: Record<string, string> = {
    "content-type": contentTypeOf[encoding],
    "x-request-id": requestId,
  };
  if (retryAfterS !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfterS)));
  // What may be left of the body is not read: the client must not send its next request behind it.
  if (status === 413 || status === 503) headers.connection = "close";
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="stemma", Basic realm="stemma"';
  return new Response(encodeStatus(encoding, rpcCodeOf[code], message, issues), { status, headers });
});

/** google.rpc.Code of each of our codes. */
const rpcCodeOf: Record<ErrorCode | "internal", number> = {
  invalid_input: 3,
  unsupported_media_type: 3,
  too_large: 3,
  not_found: 5,
  conflict: 6,
  forbidden: 7,
  too_many_requests: 8,
  internal: 13,
  provider_error: 14,
  unavailable: 14,
  unauthenticated: 16,
};

/**
 * The body's chunks. Node's own request spares a web stream, which costs more than decoding a small body; it is
 * not destroyed where reading stops early, or the refusal could not be sent. (The DOM's types do not say that a web
 * stream can be iterated.)
 */
function chunksOf(
  incoming: HttpBindings["incoming"] | undefined,
  request: Request,
): AsyncIterable<Uint8Array> | null {
  if (incoming && "iterator" in incoming) return incoming.iterator({ destroyOnReturn: false });
  return request.body as unknown as AsyncIterable<Uint8Array> | null;
}

function encodingOf(contentType: string | undefined): Encoding | null {
  const mediaType = contentType?.split(";", 1).join().trim().toLowerCase();
  if (mediaType === "application/json") return "json";
  return mediaType === "application/x-protobuf" || mediaType === "application/protobuf" ? "protobuf" : null;
}
