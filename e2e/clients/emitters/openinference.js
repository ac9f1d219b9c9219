import { OpenAIInstrumentation } from "@arizeai/openinference-instrumentation-openai";
import OpenAI from "openai";
import { openAiCalls } from "./conversation.js";
import { json, key, makeCalls, providerUrl, startTracing } from "./telemetry.js";

const traces = startTracing({ exporter: json({ compression: "gzip" }) });
const instrumentation = new OpenAIInstrumentation();
instrumentation.setTracerProvider(traces);
instrumentation.manuallyInstrument(OpenAI);

await makeCalls(openAiCalls(new OpenAI({ baseURL: providerUrl, apiKey: key, maxRetries: 0 })));
await traces.shutdown();
