import { randomBytes } from "node:crypto";
import { ownersApi } from "./owner.ts";

export type SentSpan = {
  name: string;
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  /** How long ago it began, and how long it took. */
  agoMs?: number;
  durationMs?: number;
  error?: string;
  attributes?: Record<string, string | number>;
};

/** Sends spans as an exporter does, and returns when they are acknowledged. */
export async function sendSpans(spans: readonly SentSpan[]): Promise<{ traceId: string; spanId: string }[]> {
  const nowMs = Date.now();
  const sent = spans.map((span) => {
    const startMs = nowMs - (span.agoMs ?? 1000);
    return {
      traceId: span.traceId ?? newTraceId(),
      spanId: span.spanId ?? randomBytes(8).toString("hex"),
      ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
      name: span.name,
      kind: 3,
      startTimeUnixNano: `${startMs}000000`,
      endTimeUnixNano: `${startMs + (span.durationMs ?? 100)}000000`,
      ...(span.error && { status: { code: 2, message: span.error } }),
      attributes: Object.entries(span.attributes ?? {}).map(([key, value]) => ({
        key,
        value: typeof value === "number" ? { intValue: value } : { stringValue: value },
      })),
    };
  });
  const { origin, key } = ownersApi();
  const answer = await fetch(`${origin}/v1/traces`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      resourceSpans: [
        { resource: { attributes: [] }, scopeSpans: [{ scope: { name: "stories" }, spans: sent }] },
      ],
    }),
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return sent.map(({ traceId, spanId }) => ({ traceId, spanId }));
}

export const newTraceId = () => randomBytes(16).toString("hex");

/** The attributes of a chat that asked and was answered this. */
export function chat(asked: string, answered: string, more: Record<string, string | number> = {}) {
  const said = (role: string, content: string) =>
    JSON.stringify([{ role, parts: [{ type: "text", content }] }]);
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.input.messages": said("user", asked),
    "gen_ai.output.messages": said("assistant", answered),
    ...more,
  };
}
