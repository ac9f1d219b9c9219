import OpenAI from "openai";
import { openAiCalls } from "./conversation.js";
import { key, makeCalls, origin, traceIdOf } from "./telemetry.js";

// No telemetry at all: the client calls us in the provider's place.
const metadata = { user_id: "ada", session_id: "s1", tags: "a,b" };
for (const name of ["chat", "tools", "stream", "failure", "responses"]) {
  const client = new OpenAI({
    baseURL: `${origin}/v1`,
    apiKey: key,
    maxRetries: 0,
    defaultHeaders: { traceparent: `00-${traceIdOf(name)}-00000000000000aa-01` },
  });
  const called = {
    chat: { completions: { create: (request) => client.chat.completions.create({ ...request, metadata }) } },
    responses: { create: (request) => client.responses.create({ ...request, metadata }) },
  };
  await makeCalls({ [name]: openAiCalls(called)[name] });
}
