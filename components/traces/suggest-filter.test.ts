import { expect, test } from "vitest";
import { suggestFilter, valueAsked } from "./suggest-filter.ts";

const facets = {
  model: ["gpt-4o", "gpt-4.1-mini", "claude"],
  prompt: ["first reply"],
  score: ["helpful", "tone"],
};
const termsOf = (text: string) => suggestFilter(text, facets).map((each) => each.term);

test.each([
  ["sta", ["status:"]],
  ["status:", ["status:ok", "status:error"]],
  ["status:e", ["status:error"]],
  ["model:gpt", ["model:gpt-4o", "model:gpt-4.1-mini"]],
  ["model:mini", ["model:gpt-4.1-mini"]],
  ["prompt:", ['prompt:"first reply"']],
  ['prompt:"first r', ['prompt:"first reply"']],
  ["latency", ["latency>", "latency<"]],
  ["latency>2", []],
  ["score", ["score.helpful>=", "score.tone>="]],
  ["score.to", ["score.tone>="]],
  ["user:u", []],
  ['"free te', []],
])("after “%s” come %j", (text, terms) => {
  expect(termsOf(text)).toEqual(terms);
});

test("a suggestion keeps what stands before it", () => {
  expect(suggestFilter('status:error "two words" mod', facets)[0]!.text).toBe(
    'status:error "two words" model:',
  );
});

test("every name is offered to whoever has typed nothing", () => {
  expect(termsOf("").length).toBeGreaterThan(15);
  expect(termsOf("status:error ").length).toBeGreaterThan(15);
});

test.each([
  ["user:u-1", { field: "user", typed: "u-1" }],
  ['status:error env:"pro', { field: "env", typed: "pro" }],
  ["user_id=", { field: "user", typed: "" }],
  ["status:err", null],
  ["latency>2", null],
  ["user:u-1 ", null],
  ["", null],
])("the value being typed in “%s” is %j", (text, asked) => {
  expect(valueAsked(text)).toEqual(asked);
});
