import { initializeOTEL } from "langsmith/experimental/otel/setup";
import { wrapOpenAI } from "langsmith/wrappers";
import OpenAI from "openai";
import { openAiCalls } from "./conversation.js";
import { key, makeCalls, origin, providerUrl } from "./telemetry.js";

process.env.LANGSMITH_OTEL_ENABLED = "true";
process.env.LANGSMITH_TRACING = "true";
process.env.LANGSMITH_ENDPOINT = origin;
process.env.LANGSMITH_API_KEY = key;

const { DEFAULT_LANGSMITH_TRACER_PROVIDER: traces } = initializeOTEL();
const client = wrapOpenAI(new OpenAI({ baseURL: providerUrl, apiKey: key, maxRetries: 0 }), {
  metadata: { user_id: "ada", session_id: "s1", prompt_name: "capitals", prompt_version: "3" },
  tags: ["a", "b"],
});

await makeCalls(openAiCalls(client));
await traces.shutdown();
