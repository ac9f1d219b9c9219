import { createRequire } from "node:module";
import { openAiCalls } from "./conversation.js";
import { authorization, emitter, key, makeCalls, origin, providerUrl } from "./telemetry.js";

const require = createRequire(import.meta.url);
const Openlit = require("openlit").default;
const { OpenAI } = require("openai");

Openlit.init({
  otlpEndpoint: origin,
  otlpHeaders: { authorization },
  applicationName: emitter,
  environment: "test",
  instrumentations: { openai: OpenAI },
});
const { trace } = require("@opentelemetry/api");

await makeCalls(openAiCalls(new OpenAI({ baseURL: providerUrl, apiKey: key, maxRetries: 0 })));
await trace.getTracerProvider().getDelegate().shutdown();
