import { expect, test } from "vitest";
import { fromOpenAi, mergeParameters, samplingParameters, toOpenAi } from "./parameters.ts";

test("every parameter reaches the provider under its own name", () => {
  const all = {
    temperature: 0,
    topP: 0.9,
    topK: 40,
    maxTokens: 64,
    seed: 7,
    stop: ["\n"],
    frequencyPenalty: 0.5,
    presencePenalty: -0.5,
    reasoningEffort: "low" as const,
  };
  expect(toOpenAi(samplingParameters.parse(all))).toEqual({
    temperature: 0,
    top_p: 0.9,
    top_k: 40,
    max_tokens: 64,
    seed: 7,
    stop: ["\n"],
    frequency_penalty: 0.5,
    presence_penalty: -0.5,
    reasoning_effort: "low",
  });
  expect(fromOpenAi(toOpenAi(all))).toEqual(all);
});

test("absent parameters and empty stop lists are not sent", () => {
  expect(toOpenAi({ stop: [], temperature: undefined })).toEqual({});
});

test.each(["o3-mini", "gpt-5", "gpt-5-mini-2025-08-07"])("%s gets max_completion_tokens", (model) => {
  expect(toOpenAi({ maxTokens: 9 }, model)).toEqual({ max_completion_tokens: 9 });
});

test.each(["gpt-4o", "rehearsal-small", "omni-local"])("%s gets max_tokens", (model) => {
  expect(toOpenAi({ maxTokens: 9 }, model)).toEqual({ max_tokens: 9 });
});

test("a body's single stop and max_completion_tokens are read, what is no valid parameter is not", () => {
  expect(
    fromOpenAi({ stop: "END", max_completion_tokens: 5, temperature: "hot", model: "m", top_p: null }),
  ).toEqual({ stop: ["END"], maxTokens: 5 });
});

test("later layers win field by field", () => {
  expect(mergeParameters({ temperature: 1, seed: 1 }, null, { temperature: 0 }, { seed: undefined })).toEqual(
    { temperature: 0, seed: 1 },
  );
});

test.each([
  { temperature: 3 },
  { topP: 1.1 },
  { maxTokens: 0 },
  { stop: ["1", "2", "3", "4", "5"] },
  { heat: 1 },
])("%j is refused", (parameters) => {
  expect(samplingParameters.safeParse(parameters).success).toBe(false);
});
