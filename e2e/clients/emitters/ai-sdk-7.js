import { createOpenAI } from "@ai-sdk/openai";
import { OpenTelemetry } from "@ai-sdk/otel";
import * as ai from "ai";
import { aiSdkCalls, model } from "./conversation.js";
import { json, key, makeCalls, providerUrl, startTracing } from "./telemetry.js";

const traces = startTracing({ exporter: json() });
const openai = createOpenAI({ baseURL: providerUrl, apiKey: key });
// Our documentation's recipe: what was asked is told by the context, and put on each span by its standard name.
const enrichSpan = ({ runtimeContext = {} }) => ({
  "gen_ai.prompt.name": runtimeContext.promptName,
  "gen_ai.prompt.version": runtimeContext.promptVersion,
  "user.id": runtimeContext.userId,
  "session.id": runtimeContext.sessionId,
});
ai.registerTelemetry(new OpenTelemetry({ runtimeContext: true, enrichSpan }));
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
