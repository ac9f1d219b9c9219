import { expect, test } from "vitest";
import type { Json } from "#lib/core/json.ts";
import { type EvaluatorConfig, evaluatorConfig } from "./config.ts";
import { evaluate } from "./evaluate.ts";
import { editDistance } from "./levenshtein.ts";
import { firstNumber } from "./numeric-tolerance.ts";

const noJudge = () => Promise.reject(new Error("no judge"));

function run(
  config: Record<string, unknown> & { type: EvaluatorConfig["type"] },
  output: string,
  expected: Json = null,
) {
  const parsed = evaluatorConfig.parse({ name: config.type, ...config });
  return evaluate(parsed, { input: {}, expected, output, latencyMs: 120, costUsd: 0.002 }, noJudge);
}

const modelVersionId = "01890000-0000-7000-8000-000000000000";

test.each([
  [{ type: "exact_match" }, "  Paris. ", "paris", 1],
  [{ type: "exact_match" }, "ＰＡＲＩＳ", "Paris", 1],
  [{ type: "exact_match" }, "La Paz", ["Sucre", "La Paz"], 1],
  [{ type: "exact_match" }, "It is Paris", "Paris", 0],
  [{ type: "exact_match" }, "Saint George's", "Saint Georges", 1],
  [{ type: "exact_match" }, "-", "+", 0],
  [{ type: "exact_match" }, "42", 42, 1],
  [{ type: "exact_match" }, "The Hague", "Hague", 0],
  [{ type: "exact_match", normalization: { ignoresArticles: true } }, "The Hague", "Hague", 1],
  [{ type: "exact_match", normalization: { ignoresCase: false } }, "paris", "Paris", 0],
  [{ type: "contains" }, "The capital is Paris.", "Paris", 1],
  [{ type: "contains" }, "Comparison", "Paris", 0],
  [{ type: "contains" }, "首都は東京です", "東京", 1],
  [{ type: "contains", texts: ["a b", "c"], requires: "all" }, "a b, d", null, 0],
  [{ type: "contains", texts: ["a b", "c"], requires: "all" }, "c; a b", null, 1],
  [{ type: "regex", pattern: "^[A-Z]{3}$" }, "EUR", null, 1],
  [{ type: "regex", pattern: "sorry", flags: "i", shouldMatch: false }, "Sorry, no", null, 0],
  [{ type: "json_schema", schema: { type: "object", required: ["a"] } }, '{"a":1}', null, 1],
  [{ type: "json_schema", schema: { type: "object", required: ["a"] } }, '```json\n{"a":1}\n```', null, 1],
  [{ type: "json_schema", schema: { type: "object", required: ["a"] } }, "{}", null, 0],
  [{ type: "json_schema", schema: {} }, "not json", null, 0],
  [{ type: "json_field_match", field: "a.city" }, '{"a":{"city":"paris"}}', { a: { city: "Paris" } }, 1],
  [{ type: "json_field_match", field: "city" }, '{"city":"Paris"}', ["Paris", "Lyon"], 1],
  [{ type: "json_field_match", field: "city" }, '{"town":"Paris"}', "Paris", 0],
  [{ type: "numeric_tolerance", relative: 0.1 }, "about 1,050 km", 1000, 1],
  [{ type: "numeric_tolerance", absolute: 1 }, "−3.5", "-5", 0],
  [{ type: "latency_ms" }, "", null, 120],
  [{ type: "latency_ms", maximumMs: 100 }, "", null, 0],
  [{ type: "cost_usd" }, "", null, 0.002],
  [{ type: "cost_usd", maximumUsd: 0.01 }, "", null, 1],
  [{ type: "levenshtein" }, "kitten", "sitting", 1 - 3 / 7],
  [{ type: "levenshtein" }, "", "", 1],
] as const)("%j of %j, expecting %j, is %d", async (config, output, expected, value) => {
  expect(await run(config, output, expected as Json)).toMatchObject({ status: "scored", value });
});

test.each(["exact_match", "contains", "levenshtein", "numeric_tolerance"] as const)(
  "%s does not score an item without an expected answer",
  async (type) => {
    expect(await run({ type }, "x")).toEqual({
      status: "not_scored",
      reason: "The item has no expected answer.",
    });
  },
);

test("a pattern of exponential time is stopped, not waited for", async () => {
  const config = { type: "regex", pattern: "^(a+)+$" } as const;
  expect(await run(config, `${"a".repeat(40)}b`)).toEqual({
    status: "not_scored",
    reason: "The pattern took too long on this output.",
  });
  const schema = { type: "string", pattern: "^(a+)+$" };
  expect(await run({ type: "json_schema", schema }, `"${"a".repeat(40)}b"`)).toMatchObject({ value: 0 });
});

test("a schema that is none is not scored rather than failed", async () => {
  const judgment = await run({ type: "json_schema", schema: { type: "nonsense" } }, "{}");
  expect(judgment.status).toBe("not_scored");
});

test("a judge's score is a share of its scale, and its reason is kept", async () => {
  const config = evaluatorConfig.parse({ type: "llm_judge", name: "tone", modelVersionId, rubric: "Polite" });
  const sample = { input: { q: "hi" }, expected: null, output: "Hello", latencyMs: 1, costUsd: null };
  const asked: unknown[] = [];
  const replies = ["I think 4", 'Sure: {"reason":"Warm.","score":4}'];
  const judgment = await evaluate(config, sample, async (_, messages) => {
    asked.push(messages);
    return replies[asked.length - 1]!;
  });
  expect(judgment).toEqual({ status: "scored", value: 0.75, reason: "4 of 5: Warm." });
  expect(JSON.stringify(asked[0])).toContain("Polite");
});

test("a judge that fails leaves the result unscored", async () => {
  const judgment = await run({ type: "llm_judge", modelVersionId, rubric: "Polite" }, "x");
  expect(judgment).toEqual({ status: "not_scored", reason: "no judge" });
});

test.each([
  ["1,234.5 km", 1234.5],
  ["In 2,024", 2024],
  ["1,23", 1],
  ["-4e3", -4000],
  ["none", null],
])("the first number of %j is %d", (text, number) => {
  expect(firstNumber(text)).toBe(number);
});

test("edit distance counts code points", () => {
  expect(editDistance([..."a😀b"], [..."ab"])).toBe(1);
});

test.each([
  { type: "regex", name: "r", pattern: "(" },
  { type: "exact_match", name: "" },
  { type: "nonsense", name: "x" },
])("a configuration that cannot work is refused: %j", (config) => {
  expect(evaluatorConfig.safeParse(config).success).toBe(false);
});
