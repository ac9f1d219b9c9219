import { expect, test } from "vitest";
import { parseTimeRange, timeBounds, timeRangeLabel, timeRangeParams } from "./time-range.ts";

test.each([
  ["25m", 25 * 60_000, "25m"],
  ["last 2 hours", 7_200_000, "2h"],
  ["last hour", 3_600_000, "1h"],
  ["1.5 days", 129_600_000, "1.5d"],
  ["2w", 1_209_600_000, "2w"],
])("“%s” is a stretch of time", (range, durationMs, text) => {
  expect(parseTimeRange({ range })).toEqual({ type: "last", text, durationMs });
});

test.each(["", "soon", "0m", "m", "-3h", "3 months"])("“%s” is none", (range) => {
  expect(parseTimeRange({ range })).toBeNull();
});

test("bounds that end before they begin are none", () => {
  expect(parseTimeRange({ from: "2026-11-23T15:00:00Z", to: "2026-11-23T14:00:00Z" })).toBeNull();
  expect(parseTimeRange({ from: "2026-11-23T15:00:00Z" })).toBeNull();
});

test("a shared relative range stays relative and an exact one exact", () => {
  const relative = parseTimeRange({ range: "25m" })!;
  expect(timeRangeParams(relative)).toEqual({ range: "25m" });
  expect(timeBounds(relative, 10_000_000)).toEqual({ fromMs: 8_500_000, toMs: null });
  const exact = parseTimeRange({ from: "2026-11-23T14:00:00.000Z", to: "2026-11-23T15:30:00.000Z" })!;
  expect(parseTimeRange(timeRangeParams(exact))).toEqual(exact);
  expect(timeRangeLabel(exact)).toBe("23 Nov 14:00 – 15:30 UTC");
  expect(timeRangeLabel(relative)).toBe("Last 25m");
});
