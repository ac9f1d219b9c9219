import { createOpenAI } from "ai-sdk-openai-2";
import * as ai from "ai5";
import { aiSdkCalls, model } from "./conversation.js";
import { json, key, makeCalls, providerUrl, startTracing } from "./telemetry.js";

const traces = startTracing({ exporter: json() });
const openai = createOpenAI({ baseURL: providerUrl, apiKey: key });
const metadata = {
  promptName: "capitals",
  promptVersion: "3",
  userId: "ada",
  sessionId: "s1",
  tags: ["a", "b"],
};
const telemetry = { experimental_telemetry: { isEnabled: true, functionId: "ask", metadata } };

await makeCalls(aiSdkCalls(ai, openai.chat(model), telemetry));
await traces.shutdown();
