import { expect, test } from "vitest";
import { findPrice, priceOf, type TokenUsage } from "./pricing.ts";

const at = new Date("2026-01-15T00:00:00Z");

function usage(partial: Partial<TokenUsage>): TokenUsage {
  return {
    inputTokens: null,
    outputTokens: null,
    cachedInputTokens: null,
    cacheWriteInputTokens: null,
    reasoningOutputTokens: null,
    ...partial,
  };
}

test("a million tokens each way cost the table's prices", () => {
  expect(priceOf(usage({ inputTokens: 1e6, outputTokens: 1e6 }), "gpt-4o-mini", at)).toBeCloseTo(0.75, 12);
});

test("cached input is a part of input and is priced apart", () => {
  expect(
    priceOf(usage({ inputTokens: 1e6, cachedInputTokens: 4e5, outputTokens: 0 }), "gpt-4o", at),
  ).toBeCloseTo(0.6 * 2.5 + 0.4 * 1.25, 12);
});

test("cache writes cost more where the provider asks for more", () => {
  expect(priceOf(usage({ inputTokens: 1e6, cacheWriteInputTokens: 1e6 }), "claude-3-haiku", at)).toBeCloseTo(
    0.3,
    12,
  );
});

test("reasoning tokens are a part of output and can have their own price", () => {
  const row = { model: "m", from: "2020-01-01", input: 0, output: 10, reasoning: 4 };
  expect(priceOf(usage({ outputTokens: 1e6, reasoningOutputTokens: 5e5 }), "m", at, [row])).toBeCloseTo(
    7,
    12,
  );
  expect(priceOf(usage({ outputTokens: 1e6, reasoningOutputTokens: 5e5 }), "o3-mini", at)).toBeCloseTo(
    4.4,
    12,
  );
});

test.each([
  ["gpt-4o-2024-08-06", "gpt-4o"],
  ["gpt-4o-2024-05-13", "gpt-4o-2024-05-13"],
  ["openai/gpt-4.1-mini", "gpt-4.1-mini"],
  ["claude-3-5-sonnet-20241022", "claude-3-5-sonnet"],
  ["claude-3-7-sonnet-latest", "claude-3-7-sonnet"],
  ["GPT-4o-Mini", "gpt-4o-mini"],
  ["mistral-large-2411", "mistral-large"],
])("%s is priced as %s", (name, row) => {
  expect(findPrice(name, at)?.model).toBe(row);
});

test("an unknown model has no price, and is never free", () => {
  expect(priceOf(usage({ inputTokens: 10, outputTokens: 10 }), "my-finetune", at)).toBeNull();
  expect(priceOf(usage({ inputTokens: 10 }), "gpt-4o-audio-preview", at)).toBeNull();
});

test("no token count, no price", () => {
  expect(priceOf(usage({}), "gpt-4o", at)).toBeNull();
  expect(priceOf(usage({ inputTokens: 1 }), null, at)).toBeNull();
});

test("the price is the one that held at the time", () => {
  const call = usage({ inputTokens: 1e6 });
  expect(priceOf(call, "o3", new Date("2025-05-01"))).toBe(10);
  expect(priceOf(call, "o3", new Date("2025-07-01"))).toBe(2);
});

test("a project's own price wins over the table, and its longest pattern over shorter ones", () => {
  const own = [
    { model: "gpt-*", from: "2020-01-01", input: 1, output: 1 },
    { model: "gpt-4o*", from: "2020-01-01", input: 7, output: 7 },
  ];
  expect(priceOf(usage({ inputTokens: 1e6 }), "gpt-4o-mini", at, own)).toBe(7);
  expect(priceOf(usage({ inputTokens: 1e6 }), "gpt-4.1", at, own)).toBe(1);
});
