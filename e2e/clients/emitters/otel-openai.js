import { createRequire } from "node:module";
import { metrics } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OpenAIInstrumentation } from "@opentelemetry/instrumentation-openai";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { openAiCalls } from "./conversation.js";
import { authorization, key, makeCalls, origin, providerUrl, resource, startTracing } from "./telemetry.js";

const exporter = new OTLPLogExporter({ url: `${origin}/v1/logs`, headers: { authorization } });
const logs = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter })] });
const traces = startTracing();
const instrumentation = new OpenAIInstrumentation({ captureMessageContent: true });
instrumentation.setTracerProvider(traces);
instrumentation.setLoggerProvider(logs);
instrumentation.setMeterProvider(metrics.getMeterProvider());
instrumentation.enable();

// The instrumentation takes hold of the client as it is required, so after it and not by an import.
const OpenAI = createRequire(import.meta.url)("openai");
await makeCalls(openAiCalls(new OpenAI({ baseURL: providerUrl, apiKey: key, maxRetries: 0 })));
await logs.shutdown();
await traces.shutdown();
