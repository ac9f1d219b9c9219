import { observeOpenAI } from "@langfuse/openai";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes } from "@langfuse/tracing";
import OpenAI from "openai";
import { openAiCalls } from "./conversation.js";
import { key, makeCalls, origin, providerUrl, startTracing } from "./telemetry.js";

const processor = new LangfuseSpanProcessor({
  publicKey: process.env.STEMMA_PUBLIC_KEY,
  secretKey: key,
  baseUrl: origin,
  environment: "test",
  release: "1.2.3",
});
const traces = startTracing({ processors: [processor] });
const prompt = { name: "capitals", version: 3, isFallback: false };
const client = observeOpenAI(new OpenAI({ baseURL: providerUrl, apiKey: key, maxRetries: 0 }), {
  langfusePrompt: prompt,
});
const attributes = { userId: "ada", sessionId: "s1", tags: ["a", "b"] };

await makeCalls(openAiCalls(client), (_name, run) => propagateAttributes(attributes, run));
await traces.shutdown();
