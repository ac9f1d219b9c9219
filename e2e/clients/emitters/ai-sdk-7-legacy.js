import { createOpenAI } from "@ai-sdk/openai";
import { LegacyOpenTelemetry } from "@ai-sdk/otel";
import * as ai from "ai";
import { aiSdkCalls, model } from "./conversation.js";
import { json, key, makeCalls, providerUrl, startTracing } from "./telemetry.js";

const traces = startTracing({ exporter: json() });
const openai = createOpenAI({ baseURL: providerUrl, apiKey: key });
ai.registerTelemetry(new LegacyOpenTelemetry());
const asked = {
  runtimeContext: {
    promptName: "capitals",
    promptVersion: "3",
    userId: "ada",
    sessionId: "s1",
    tags: ["a", "b"],
  },
  telemetry: {
    includeRuntimeContext: {
      promptName: true,
      promptVersion: true,
      userId: true,
      sessionId: true,
      tags: true,
    },
  },
};

await makeCalls(aiSdkCalls(ai, openai.chat(model), asked));
await traces.shutdown();
