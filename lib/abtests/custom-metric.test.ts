import { expect, test } from "vitest";
import {
  customMetric,
  type MeasuredCall,
  measureCalls,
  measureFormat,
  measureRefusal,
} from "./custom-metric.ts";

const call: MeasuredCall = {
  status: "ok",
  errorType: null,
  provider: "openai",
  responseModel: "small",
  name: "chat",
  tags: ["vip"],
  environment: "production",
  release: null,
  service: null,
  startTimeUs: 0,
  endTimeUs: 250_000,
  timeToFirstTokenMs: null,
  cost: { usd: 0.5, source: "computed" },
  usage: {
    inputTokens: 10,
    outputTokens: 20,
    cachedInputTokens: null,
    cacheWriteInputTokens: null,
    reasoningOutputTokens: null,
    source: "reported",
  },
  finishReasons: ["stop"],
  inputMessages: [],
  outputMessages: [],
};
const says = (text: string): MeasuredCall => ({
  ...call,
  outputMessages: [{ role: "assistant", name: null, parts: [{ type: "text", text }], finishReason: null }],
});

test.each([
  { where: [], aggregate: { kind: "count" }, value: 3 },
  {
    where: [{ field: "output", operator: "contains", value: "SORRY" }],
    aggregate: { kind: "share" },
    value: 1,
  },
  { where: [{ field: "tag", operator: "is", value: "vip" }], aggregate: { kind: "count" }, value: 3 },
  { where: [{ field: "status", operator: "is_not", value: "ok" }], aggregate: { kind: "share" }, value: 0 },
  {
    where: [{ field: "cost_usd", operator: "at_least", value: 1 }],
    aggregate: { kind: "sum", field: "cost_usd" },
    value: 2,
  },
  { where: [], aggregate: { kind: "mean", field: "cost_usd" }, value: 1 },
  { where: [], aggregate: { kind: "max", field: "duration_ms" }, value: 250 },
  { where: [], aggregate: { kind: "max", field: "time_to_first_token_ms" }, value: null },
  {
    where: [{ field: "provider", operator: "is", value: "none" }],
    aggregate: { kind: "mean", field: "cost_usd" },
    value: null,
  },
])("$aggregate.kind of $where.0.field: $value", ({ where, aggregate, value }) => {
  const metric = customMetric.parse({ name: "mine", where, aggregate });
  const calls = [call, says("I am sorry."), { ...call, cost: { usd: 2, source: "computed" as const } }];
  expect(measureCalls(metric, calls)).toBe(value);
});

test.each([
  ["I'm sorry, but I can't help with that.", 1],
  ["I cannot assist with this request.", 1],
  ["As an AI language model, I do not have opinions.", 1],
  ["I'm unable to share that.", 1],
  ["Sorry for the delay! Your parcel is on its way.", 0],
  ["You can't return it after 30 days.", 0],
  ["I can certainly help.", 0],
])("%s: refusal %i", (text, value) => {
  expect(measureRefusal([says(text)])).toBe(value);
});

test("a filtered answer is a refusal, a failed call is neither", () => {
  expect(measureRefusal([{ ...says("Sure"), finishReasons: ["content_filter"] }])).toBe(1);
  expect(measureRefusal([{ ...says("Sure"), status: "error" }])).toBeNull();
});

test("an answer is held against the format that was asked for", () => {
  const schema = { type: "object", required: ["name"], properties: { name: { type: "string" } } };
  const format = { type: "json_schema" as const, name: "answer", schema, isStrict: true };
  expect(measureFormat([says('{"name":"Ada"}')], format)).toBe(1);
  expect(measureFormat([says('{"name":7}')], format)).toBe(0);
  expect(measureFormat([says("Ada")], format)).toBe(0);
  expect(measureFormat([says('{"name":7}')], { type: "json" })).toBe(1);
  expect(measureFormat([says("anything")], { type: "text" })).toBeNull();
  expect(measureFormat([says("{}")], { ...format, schema: { type: "nonsense" } })).toBe(1);
});
