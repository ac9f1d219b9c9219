import { createRoute, z } from "@hono/zod-openapi";
import { prepareRun } from "#lib/playground/prepare-run.ts";
import type { Emit } from "#lib/playground/run-cell.ts";
import { runPlayground } from "#lib/playground/run-playground.ts";
import { stopRun } from "#lib/playground/running.ts";
import { playgroundRunInput } from "#lib/playground/schema.ts";
import { errorResponses, jsonResponse, newRoutes, security } from "../route.ts";

const tags = ["Playground"];

/**
 * The playground's calls. All cells of a run share one streamed answer, because a browser opens no more than six
 * connections to a host: six columns would leave none for the page itself.
 */
export const playgroundRoutes = newRoutes();

playgroundRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/playground/runs",
    tags,
    security,
    summary: "Run columns × rows × samples, streamed",
    description:
      "Answers JSON lines (`application/x-ndjson`): `run`, then `call`, `text`, `reasoning`, `retry`, `since` and `answer` with the key of their cell (`column/row/sample`), then `end`. Empty lines keep the connection open. Whoever hangs up stops the calls. Each call is stored as a span of the environment `playground`.",
    request: {
      body: { required: true, content: { "application/json": { schema: playgroundRunInput } } },
    },
    responses: {
      200: { description: "The run's events, one JSON object a line." },
      ...errorResponses(404, 409),
    },
  }),
  async (c) => {
    const run = await prepareRun(c.var.ctx, c.req.valid("json"));
    const { body, emit, signal } = openLines(c.req.raw.signal);
    void runPlayground(run, emit, signal).finally(() => emit.close());
    const headers = {
      "content-type": "application/x-ndjson; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    };
    return c.body(body, 200, headers) as never;
  },
);

playgroundRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/playground/runs/{runId}/stop",
    tags,
    security,
    summary: "Stop some cells of a run, or all of it",
    request: {
      params: z.object({ runId: z.uuid() }),
      body: {
        required: true,
        content: {
          "application/json": {
            schema: z.object({ cells: z.array(z.string().max(200)).max(300).optional() }),
          },
        },
      },
    },
    responses: {
      200: jsonResponse(
        z.object({ stopped: z.int() }),
        "How many were stopped; what was over already is none",
      ),
      ...errorResponses(),
    },
  }),
  async (c) => c.json(stopRun(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") }), 200),
);

const bufferBytes = 64 * 1024;
const heartbeatMs = 10_000;
/** A reader that takes nothing for so long is gone: its calls would hold their slots for ever. */
const patienceMs = 60_000;

type LineEmitter = Emit & { close: () => void };

/**
 * A stream of JSON lines with back-pressure: `emit` resolves when there is room again. The signal aborts when the
 * reader is gone, or takes nothing for a minute; from then on `emit` resolves at once and writes nothing.
 */
function openLines(requestSignal: AbortSignal): {
  body: ReadableStream<Uint8Array>;
  emit: LineEmitter;
  signal: AbortSignal;
} {
  const size = (chunk: Uint8Array) => chunk.byteLength;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(
    {},
    { highWaterMark: bufferBytes, size },
    { highWaterMark: bufferBytes, size },
  );
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const gone = new AbortController();
  const leave = () => gone.abort(new Error("The reader is gone."));
  writer.closed.catch(leave);
  const heartbeat = setInterval(() => {
    if ((writer.desiredSize ?? 0) > 0) void writer.write(encoder.encode("\n")).catch(leave);
  }, heartbeatMs);
  const left = new Promise<void>((resolve) =>
    gone.signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  const room = async () => {
    if ((writer.desiredSize ?? 1) > 0) return;
    const timer = setTimeout(leave, patienceMs);
    await Promise.race([writer.ready.catch(leave), left]);
    clearTimeout(timer);
  };
  const emit = (async (event) => {
    if (gone.signal.aborted) return;
    writer.write(encoder.encode(`${JSON.stringify(event)}\n`)).catch(leave);
    await room();
  }) as LineEmitter;
  emit.close = () => {
    clearInterval(heartbeat);
    if (gone.signal.aborted) void writer.abort(gone.signal.reason).catch(() => {});
    else void writer.close().catch(() => {});
  };
  return { body: readable, emit, signal: AbortSignal.any([requestSignal, gone.signal]) };
}
