import { createHash } from "node:crypto";
import { context, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

/** Where spans go and which key opens it. `STEMMA_EMITTER` names the run: its calls' trace ids are made of it. */
export const origin = process.env.STEMMA_ORIGIN;
export const key = process.env.STEMMA_KEY;
export const emitter = process.env.STEMMA_EMITTER;
export const authorization = `Bearer ${key}`;
export const providerUrl = `${origin}/rehearsal/v1`;
export const resource = resourceFromAttributes({ "service.name": emitter });

export const protobuf = (options) => exporterOf(ProtobufExporter, options);
export const json = (options) => exporterOf(JsonExporter, options);

function exporterOf(Exporter, options) {
  return new Exporter({ url: `${origin}/v1/traces`, headers: { authorization }, ...options });
}

/** A tracer provider as an application sets it up. */
export function startTracing({ exporter = protobuf(), processors } = {}) {
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: processors ?? [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return provider;
}

/**
 * Makes the calls one after another, each within a trace whose id the test knows as well. A call that the provider
 * refuses is part of the run: the caller would catch it too.
 */
export async function makeCalls(calls, around = (_name, run) => run()) {
  for (const [name, run] of Object.entries(calls)) {
    const parent = { traceId: traceIdOf(name), spanId: "00000000000000aa", traceFlags: 1, isRemote: true };
    await context.with(trace.setSpanContext(context.active(), parent), async () => {
      try {
        await around(name, run);
      } catch (error) {
        if (name !== "failure") throw error;
      }
    });
  }
}

export function traceIdOf(name) {
  return createHash("md5").update(`${emitter}/${name}`).digest("hex");
}
