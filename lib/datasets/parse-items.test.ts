import { expect, test } from "vitest";
import { detectFormat, parseItems } from "./parse-items.ts";

test("CSV columns become the input's members, but for key, expected and metadata", () => {
  const text =
    '\uFEFFcountry,expected,key,metadata.region\r\n"Korea, South",Seoul,KOR,Asia\r\nNauru,,NRU,Oceania\r\n';
  expect(parseItems(text, "csv")).toEqual([
    { key: "KOR", input: { country: "Korea, South" }, expected: "Seoul", metadata: { region: "Asia" } },
    { key: "NRU", input: { country: "Nauru" }, metadata: { region: "Oceania" } },
  ]);
});

test("a CSV of an input column gives plain inputs", () => {
  expect(parseItems("input,expected\n2+2,4\n", "csv")).toEqual([{ input: "2+2", expected: "4" }]);
});

test("JSON lines may be items or plain records", () => {
  const text = '{"input":{"q":"a"},"expected":["b","c"]}\n\n{"q":"d","expected":{"x":1}}\n';
  expect(parseItems(text, "jsonl")).toEqual([
    { input: { q: "a" }, expected: ["b", "c"] },
    { input: { q: "d" }, expected: { x: 1 } },
  ]);
});

test.each([
  ["csv", "a,b\n1\n", /Row 2 of the CSV/],
  ["jsonl", '{"input":1}\n{"input":\n', /Line 2 is not JSON/],
  ["json", "[1]", /Item 0: must be an object/],
  ["json", '[{"input":1},{"input":null}]', /Item 1, input: Each item needs an input/],
  ["json", '{"input":1}', /list of items/],
] as const)("a fault in %s is named: %s", (format, text, message) => {
  expect(() => parseItems(text, format)).toThrow(message);
});

test.each([
  ["a,b\n1,2", "", "csv"],
  ['[{"input":1}]', "", "json"],
  ['{\n "items": []\n}', "", "json"],
  ['{"input":1}\n{"input":2}', "", "jsonl"],
  ["whatever", "x.ndjson", "jsonl"],
] as const)("the format of %j (%s) is %s", (text, name, format) => {
  expect(detectFormat(text, name)).toBe(format);
});
