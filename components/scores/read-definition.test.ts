import { expect, test } from "vitest";
import { readCategories, readLimit } from "./read-definition.ts";

test.each([
  ["", null],
  ["  ", null],
  ["0", 0],
  ["-1,5", -1.5],
  ["1e3", 1000],
  ["high", undefined],
  ["Infinity", undefined],
])("“%s” is %j", (text, limit) => {
  expect(readLimit(text)).toBe(limit);
});

test("categories are lines, each once", () => {
  expect(readCategories(" warm \n\ncold\nwarm")).toEqual(["warm", "cold"]);
});
