import { BraintrustSpanProcessor } from "@braintrust/otel";
import { trace } from "@opentelemetry/api";
import OpenAI from "openai";
import { instructions, model, openAiCalls, question, sampling } from "./conversation.js";
import { key, makeCalls, origin, providerUrl, startTracing } from "./telemetry.js";

// Braintrust's processor passes on the spans that an application makes, whose keys its documentation gives.
const processor = new BraintrustSpanProcessor({
  apiKey: key,
  apiUrl: origin,
  parent: "project_name:capitals",
});
const traces = startTracing({ processors: [processor] });
const client = new OpenAI({ baseURL: providerUrl, apiKey: key, maxRetries: 0 });
const { chat } = openAiCalls(client);

await makeCalls({
  chat: () =>
    trace.getTracer("app").startActiveSpan("chat", async (span) => {
      const { choices, usage } = await chat();
      const messages = [
        { role: "system", content: instructions },
        { role: "user", content: question },
      ];
      span.setAttributes({
        "braintrust.span_attributes": JSON.stringify({ type: "llm", name: "chat" }),
        "braintrust.input_json": JSON.stringify(messages),
        "braintrust.output_json": JSON.stringify(choices),
        "braintrust.metadata": JSON.stringify({
          model,
          provider: "openai",
          temperature: sampling.temperature,
        }),
        "braintrust.metrics": JSON.stringify({
          prompt_tokens: usage.prompt_tokens,
          completion_tokens: usage.completion_tokens,
        }),
        "braintrust.tags": ["a", "b"],
      });
      span.end();
    }),
});
await traces.shutdown();
