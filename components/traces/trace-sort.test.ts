import { expect, test } from "vitest";
import { traceSorts } from "#lib/traces/schema.ts";
import { columnOf, sortOf } from "./trace-sort.ts";

test.each(traceSorts)("%s is asked for by its column", (sort) => {
  expect(sortOf(columnOf(sort))).toBe(sort);
});

test("pressed until it is off, or upwards where only downwards is offered, the newest come first", () => {
  expect(sortOf(null)).toBe("newest");
  expect(sortOf({ columnId: "cost", isDescending: false })).toBe("newest");
});
