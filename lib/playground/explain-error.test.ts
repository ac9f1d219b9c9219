import { expect, test } from "vitest";
import { explainError } from "./explain-error.ts";

const openAi = (error: object) => JSON.stringify({ error });

test.each([
  [{ status: 401, message: "Incorrect API key provided: sk-1." }, "wrong_key", null],
  [{ status: 403, message: "Forbidden" }, "wrong_key", null],
  [
    {
      status: 404,
      message: "The model `gpt-9` does not exist or you do not have access to it.",
      body: openAi({ code: "model_not_found" }),
    },
    "unknown_model",
    null,
  ],
  [{ status: 404, message: 'model "llama9" not found, try pulling it first' }, "unknown_model", null],
  [
    {
      status: 400,
      message: "This model's maximum context length is 8192 tokens.",
      body: openAi({ code: "context_length_exceeded", param: "messages" }),
    },
    "context_too_long",
    null,
  ],
  [{ status: 400, message: "prompt is too long: 210000 tokens > 200000 maximum" }, "context_too_long", null],
  [{ status: 429, message: "Rate limit reached.", retryAfterS: 7 }, "rate_limited", null],
  [
    {
      status: 429,
      message: "You exceeded your current quota.",
      body: openAi({ code: "insufficient_quota" }),
    },
    "no_credit",
    null,
  ],
  [
    {
      status: 400,
      message: "Unsupported value: 'temperature' does not support 0.7 with this model.",
      body: openAi({ code: "unsupported_value", param: "temperature" }),
    },
    "unsupported_parameter",
    "temperature",
  ],
  [
    {
      status: 400,
      message: "Unsupported parameter: 'max_tokens' is not supported with this model.",
      body: openAi({ code: "unsupported_parameter", param: "max_tokens" }),
    },
    "unsupported_parameter",
    "maxTokens",
  ],
  [{ status: 422, message: "Unrecognized request argument: top_k" }, "unsupported_parameter", "topK"],
  [
    {
      status: 400,
      message: "Invalid schema for function 'look_up'.",
      body: openAi({ param: "tools[0].function.parameters" }),
    },
    "unsupported_parameter",
    "tools",
  ],
  [
    {
      status: 400,
      message: "'messages' must contain the word 'json' to use 'response_format'.",
      body: openAi({ param: "messages" }),
    },
    "other",
    null,
  ],
  [{ status: 503, message: "Overloaded" }, "provider_failed", null],
  [{ status: null, message: "The provider cannot be reached (ECONNREFUSED)." }, "unreachable", null],
])("%j is %s", (failure, kind, parameter) => {
  const explained = explainError(failure);
  expect(explained).toMatchObject({ kind, parameter, status: failure.status, message: failure.message });
  expect(explained.advice).not.toBe("");
  expect(explained.retryAfterS).toBe("retryAfterS" in failure ? failure.retryAfterS : null);
});
