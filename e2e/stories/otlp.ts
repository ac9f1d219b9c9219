import { randomBytes } from "node:crypto";
import type { Api } from "../demo/api.ts";

export type ToldCall = { unit: string; variant: string };

/** Model calls of an application that assigns by itself and exports its spans over OTLP as JSON. */
export async function exportCalls(api: Api, abTestKey: string, calls: readonly ToldCall[]): Promise<void> {
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const start = BigInt(Date.now()) * 1_000_000n;
  const spans = calls.map(({ unit, variant }, index) => ({
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    name: "chat model",
    kind: 3,
    startTimeUnixNano: String(start + BigInt(index)),
    endTimeUnixNano: String(start + BigInt(index) + 300_000_000n),
    status: {},
    attributes: [
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.request.model", "rehearsal-large"),
      text("stemma.ab_test.key", abTestKey),
      text("stemma.ab_test.variant", variant),
      text("stemma.ab_test.unit", unit),
    ],
  }));
  await api.post("/v1/traces", {
    resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: "stories" }, spans }] }],
  });
}
