import { expect, test } from "vitest";
import { readValue } from "./read-value.ts";

test.each([
  ["0.8", 0.8],
  [" -3 ", -3],
  [".5", 0.5],
  ["Yes", true],
  ["false", false],
  ["warm", "warm"],
  ["1e5x", "1e5x"],
])("“%s” is %j", (text, value) => {
  expect(readValue(text)).toBe(value);
});
