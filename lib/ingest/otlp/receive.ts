import { type Context, requireScope } from "#lib/core/context.ts";
import { countIngested } from "#lib/traces/store/ingest-counts.ts";
import { addSpanEvents } from "#lib/traces/store/span-events.ts";
import { acceptSpans } from "../accept-spans.ts";
import { countMetricPointsJson, decodeLogsJson, decodeTracesJson } from "./decode-json.ts";
import { countMetricPointsProtobuf, decodeLogsProtobuf, decodeTracesProtobuf } from "./decode-protobuf.ts";
import type { Encoding } from "./encode-response.ts";
import { recordEvaluations } from "./record-evaluations.ts";
import { toEvents } from "./to-events.ts";
import { toSpans } from "./to-spans.ts";

/** What could not be stored of a request whose rest was; null where all was. */
export type Partial = { rejected: number; message: string } | null;

/** Stores an ExportTraceServiceRequest. When it resolves what was accepted is committed. */
export async function receiveTraces(ctx: Context, body: Buffer, encoding: Encoding): Promise<Partial> {
  requireScope(ctx, "traces:write");
  const groups = encoding === "json" ? decodeTracesJson(body.toString("utf8")) : decodeTracesProtobuf(body);
  const { spans, rejected } = toSpans(groups);
  const result = await acceptSpans(ctx, spans);
  return reportOf([...rejected, ...result.rejected]);
}

/**
 * Stores the GenAI records of an ExportLogsServiceRequest with their spans, whichever comes first, and
 * `gen_ai.evaluation.result` as scores. Other records are counted and not kept: this is no log store.
 */
export async function receiveLogs(ctx: Context, body: Buffer, encoding: Encoding): Promise<Partial> {
  requireScope(ctx, "traces:write");
  const groups = encoding === "json" ? decodeLogsJson(body.toString("utf8")) : decodeLogsProtobuf(body);
  const { events, evaluations, rejected, otherCount } = toEvents(groups);
  await addSpanEvents(ctx.projectId, events);
  const refused = await recordEvaluations(ctx, evaluations);
  if (otherCount > 0) await countIngested(ctx.projectId, "logs", otherCount);
  return reportOf([...rejected, ...refused]);
}

/** Counts an ExportMetricsServiceRequest: exporters are often set to send all signals to one place. */
export async function receiveMetrics(ctx: Context, body: Buffer, encoding: Encoding): Promise<Partial> {
  requireScope(ctx, "traces:write");
  const points =
    encoding === "json" ? countMetricPointsJson(body.toString("utf8")) : countMetricPointsProtobuf(body);
  if (points > 0) await countIngested(ctx.projectId, "metrics", points);
  return null;
}

const describedLimit = 5;

function reportOf(rejected: { traceId: string; spanId: string; message: string }[]): Partial {
  if (rejected.length === 0) return null;
  const reasons = rejected
    .slice(0, describedLimit)
    .map(({ traceId, spanId, message }) => `trace "${traceId}" span "${spanId}": ${message}`);
  const more = rejected.length > describedLimit ? `; and ${rejected.length - describedLimit} more` : "";
  return { rejected: rejected.length, message: `${reasons.join("; ")}${more}` };
}
