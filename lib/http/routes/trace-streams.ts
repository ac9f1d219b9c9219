import { createRoute, z } from "@hono/zod-openapi";
import Papa from "papaparse";
import { AppError } from "#lib/core/errors.ts";
import { type ExportChoice, exportSummaries, exportTraces } from "#lib/traces/export-traces.ts";
import { followTraces, type LiveEvent } from "#lib/traces/follow-traces.ts";
import type { TraceSummary } from "#lib/traces/schema.ts";
import { countListeners } from "#lib/traces/store/hear-spans.ts";
import { type ApiContext, errorResponses, newRoutes, security } from "../route.ts";
import { sendStream } from "../send-stream.ts";
import { filterQuery, toFilter, traceSummary } from "./traces.ts";

const tags = ["Traces"];

/** Traces as streams: those that arrive, and those that match as a file. */
export const traceStreamRoutes = newRoutes();

/** Each takes a socket and, while traces arrive, a query every 200 ms. */
const followersLimit = 500;

traceStreamRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces/live",
    tags,
    security,
    summary: "Follow the traces that match as they arrive",
    description:
      "Server-sent events. `ready`: from now on nothing is missed. `traces`: an array of trace summaries that have " +
      "arrived or changed. `behind`: more has changed than is told, search again. A comment every 15 seconds keeps " +
      "the connection open. It ends after ten minutes, and an EventSource opens it again by itself.",
    request: { query: filterQuery },
    responses: {
      200: { description: "Events", content: { "text/event-stream": { schema: z.string() } } },
      ...errorResponses(),
    },
  }),
  async (c) => {
    const filter = toFilter(c.req.valid("query"));
    if (countListeners() >= followersLimit) {
      throw new AppError("unavailable", "Too many follow traces here already.", { retryAfterS: 30 });
    }
    const following = new AbortController();
    return sendStream(c, eventTexts(followTraces(c.var.ctx, filter, { signal: following.signal })), {
      contentType: "text/event-stream",
      // A proxy that collects before it passes on, or compresses, would hold events back.
      headers: { "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" },
      onEnd: () => following.abort(),
    });
  },
);

async function* eventTexts(events: AsyncGenerator<LiveEvent>): AsyncGenerator<string> {
  yield "retry: 2000\n\n";
  for await (const event of events) {
    if (event.type === "idle") yield ": still here\n\n";
    else if (event.type === "traces") yield `event: traces\ndata: ${JSON.stringify(event.traces)}\n\n`;
    else yield `event: ${event.type}\ndata: {}\n\n`;
  }
}

const format = z.enum(["jsonl", "csv"]).default("jsonl");
const include = z
  .enum(["spans"])
  .optional()
  .openapi({ description: "With JSONL: each trace's spans and scores." });

const exportResponses = {
  200: {
    description: "One trace a line; `input` and `output` whole",
    content: { "application/jsonl": { schema: traceSummary }, "text/csv": { schema: z.string() } },
  },
  ...errorResponses(),
};

traceStreamRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/traces/export",
    tags,
    security,
    summary: "Export the traces that match, streamed",
    request: { query: filterQuery.extend({ format, include }) },
    responses: exportResponses,
  }),
  async (c) => {
    const { format, include, ...query } = c.req.valid("query");
    return sendExport(c, { filter: toFilter(query) }, format, include);
  },
);

traceStreamRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/traces/export",
    tags,
    security,
    summary: "Export these traces, streamed",
    request: {
      body: {
        required: true,
        content: {
          "application/x-www-form-urlencoded": {
            schema: z.object({
              traceIds: z
                .string()
                .transform((text) => text.toLowerCase().split(/[\s,]+/))
                .pipe(
                  z
                    .array(z.string().regex(/^[0-9a-f]{32}$/, "A trace id is 32 hexadecimal characters."))
                    .max(10_000),
                )
                .openapi({ type: "string", description: "Separated by commas." }),
              format,
              include,
            }),
          },
        },
      },
    },
    responses: exportResponses,
  }),
  async (c) => {
    const { traceIds, format, include } = c.req.valid("form");
    return sendExport(c, { traceIds }, format, include);
  },
);

function sendExport(c: ApiContext, choice: ExportChoice, format: "csv" | "jsonl", include?: "spans") {
  const name = `traces-${new Date().toISOString().slice(0, 10)}.${format}`;
  const headers = { "content-disposition": `attachment; filename="${name}"` };
  if (format === "csv") {
    const texts = csvTexts(exportSummaries(c.var.ctx, choice));
    return sendStream(c, texts, { contentType: "text/csv; charset=utf-8", headers });
  }
  const pages = include === "spans" ? exportTraces(c.var.ctx, choice) : exportSummaries(c.var.ctx, choice);
  return sendStream(c, jsonTexts(pages), { contentType: "application/jsonl", headers });
}

async function* jsonTexts(pages: AsyncIterable<object[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((trace) => `${JSON.stringify(trace)}\n`).join("");
}

/** RFC 4180. A cell that begins as a formula would run in a spreadsheet: what was sent is not trusted. */
async function* csvTexts(pages: AsyncIterable<TraceSummary[]>): AsyncGenerator<string> {
  const cells = Object.values(csvColumns);
  // With the first page, not before it: what is refused is refused by then.
  let header = `${Object.keys(csvColumns).join(",")}\r\n`;
  for await (const page of pages) {
    const rows = page.map((trace) => cells.map((cell) => cell(trace)));
    const text = Papa.unparse(rows, { header: false, escapeFormulae: true });
    yield `${header}${text === "" ? "" : `${text}\r\n`}`;
    header = "";
  }
}

const csvColumns: Record<string, (trace: TraceSummary) => string | number | null> = {
  traceId: (trace) => trace.traceId,
  startTime: (trace) => new Date(trace.startTimeUs / 1000).toISOString(),
  name: (trace) => trace.name,
  operation: (trace) => trace.operation,
  status: (trace) => trace.status,
  errorMessage: (trace) => trace.errorMessage,
  durationMs: (trace) => (trace.durationUs === null ? null : trace.durationUs / 1000),
  timeToFirstTokenMs: (trace) => trace.timeToFirstTokenMs,
  inputTokens: (trace) => trace.inputTokens,
  outputTokens: (trace) => trace.outputTokens,
  costUsd: (trace) => trace.costUsd,
  model: (trace) => trace.model,
  provider: (trace) => trace.provider,
  promptName: (trace) => trace.promptName,
  promptVersion: (trace) => trace.promptVersion,
  abTestKey: (trace) => trace.abTestKey,
  variantKey: (trace) => trace.variantKey,
  userId: (trace) => trace.userId,
  sessionId: (trace) => trace.sessionId,
  tags: (trace) => trace.tags.join(", ") || null,
  environment: (trace) => trace.environment,
  service: (trace) => trace.service,
  spanCount: (trace) => trace.spanCount,
  modelCallCount: (trace) => trace.modelCallCount,
  scores: (trace) => trace.scores.map(({ name, value }) => `${name}=${value}`).join(", ") || null,
  input: (trace) => trace.input,
  output: (trace) => trace.output,
};
