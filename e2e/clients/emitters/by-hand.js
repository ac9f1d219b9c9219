import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import OpenAI from "openai";
import { openAiCalls } from "./conversation.js";
import { key, makeCalls, providerUrl, startTracing } from "./telemetry.js";

/** An application that follows OpenTelemetry's GenAI conventions (1.43-dev) by its own hand and says all it knows. */
export async function runByHand(exporter) {
  const traces = startTracing({ exporter });
  const client = new OpenAI({ baseURL: providerUrl, apiKey: key, maxRetries: 0 });
  const recorded = { chat: { completions: { create: record } } };

  function record(request) {
    return trace
      .getTracer("app")
      .startActiveSpan(`chat ${request.model}`, { kind: SpanKind.CLIENT }, async (span) => {
        span.setAttributes(requestAttributes(request));
        try {
          const answer = await client.chat.completions.create(request);
          const whole = request.stream ? await gather(answer, span) : answer;
          span.setAttributes(responseAttributes(whole));
          return request.stream ? [] : answer;
        } catch (error) {
          span.setAttribute("error.type", error.constructor.name);
          span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
          throw error;
        } finally {
          span.end();
        }
      });
  }

  const { responses: _, ...calls } = openAiCalls(recorded);
  await makeCalls(calls);
  await traces.shutdown();
}

const text = (role, content) => ({ role, parts: [{ type: "text", content }] });

function requestAttributes(request) {
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": request.model,
    "gen_ai.request.temperature": request.temperature,
    "gen_ai.request.top_p": request.top_p,
    "gen_ai.request.max_tokens": request.max_tokens,
    "gen_ai.request.seed": request.seed,
    "gen_ai.request.stream": request.stream,
    "gen_ai.system_instructions": JSON.stringify([{ type: "text", content: request.messages[0].content }]),
    "gen_ai.input.messages": JSON.stringify([text("user", request.messages[1].content)]),
    "gen_ai.tool.definitions": request.tools && JSON.stringify(request.tools.map((tool) => tool.function)),
    "gen_ai.prompt.name": "capitals",
    "gen_ai.prompt.version": "3",
    "gen_ai.conversation.id": "s1",
    "user.id": "ada",
  };
}

function responseAttributes({ id, model, choices: [choice], usage }) {
  const calls = (choice.message.tool_calls ?? []).map((call) => ({
    type: "tool_call",
    id: call.id,
    name: call.function.name,
    arguments: JSON.parse(call.function.arguments),
  }));
  const said = choice.message.content ? [{ type: "text", content: choice.message.content }] : [];
  return {
    "gen_ai.response.id": id,
    "gen_ai.response.model": model,
    "gen_ai.response.finish_reasons": [choice.finish_reason],
    "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts: [...said, ...calls] }]),
    "gen_ai.usage.input_tokens": usage.prompt_tokens,
    "gen_ai.usage.output_tokens": usage.completion_tokens,
    "gen_ai.usage.cache_read.input_tokens": usage.prompt_tokens_details.cached_tokens,
    "gen_ai.usage.reasoning.output_tokens": usage.completion_tokens_details.reasoning_tokens,
  };
}

async function gather(stream, span) {
  const startedMs = performance.now();
  let content = "";
  let last = {};
  let finishReason = null;
  for await (const chunk of stream) {
    const choice = chunk.choices[0];
    if (choice?.delta.content && content === "") {
      span.setAttribute("gen_ai.response.time_to_first_chunk", (performance.now() - startedMs) / 1000);
    }
    content += choice?.delta.content ?? "";
    finishReason = choice?.finish_reason ?? finishReason;
    last = chunk;
  }
  return { ...last, choices: [{ message: { content }, finish_reason: finishReason }] };
}
