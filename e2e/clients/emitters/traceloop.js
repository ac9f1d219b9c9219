import { OpenAIInstrumentation } from "@traceloop/instrumentation-openai";
import OpenAI from "openai";
import { openAiCalls } from "./conversation.js";
import { key, makeCalls, protobuf, providerUrl, startTracing } from "./telemetry.js";

const traces = startTracing({ exporter: protobuf({ compression: "gzip" }) });
const instrumentation = new OpenAIInstrumentation();
instrumentation.setTracerProvider(traces);
instrumentation.manuallyInstrument(OpenAI);

await makeCalls(openAiCalls(new OpenAI({ baseURL: providerUrl, apiKey: key, maxRetries: 0 })));
await traces.shutdown();
