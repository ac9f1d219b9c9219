import { createOpenAI } from "@ai-sdk/openai";
import { OpenTelemetry } from "@ai-sdk/otel";
import { OpenInferenceBatchSpanProcessor } from "@arizeai/openinference-vercel";
import * as ai from "ai";
import { aiSdkCalls, model } from "./conversation.js";
import { key, makeCalls, protobuf, providerUrl, startTracing } from "./telemetry.js";

const processor = new OpenInferenceBatchSpanProcessor({ exporter: protobuf() });
const traces = startTracing({ processors: [processor] });
const openai = createOpenAI({ baseURL: providerUrl, apiKey: key });
ai.registerTelemetry(new OpenTelemetry({ usage: true, runtimeContext: true, toolChoice: true }));

await makeCalls(aiSdkCalls(ai, openai.chat(model), {}));
await traces.shutdown();
