import { expect, test } from "vitest";
import {
  countOf,
  formatBytes,
  formatDifference,
  formatDuration,
  formatNumber,
  formatUsd,
  relativeTime,
} from "./format.ts";

test.each([
  [0, "0 ms"],
  [0.25, "0.25 ms"],
  [4.2, "4.2 ms"],
  [412.3, "412 ms"],
  [3400, "3.40 s"],
  [59_960, "1 min 0 s"],
  [125_000, "2 min 5 s"],
  [4_320_000, "1 h 12 min"],
])("%d ms is written %s", (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test.each([
  [0, "$0"],
  [12.4, "$12.40"],
  [1234.5, "$1,234.50"],
  [0.0031, "$0.0031"],
  [0.0000084, "$0.0000084"],
  [-0.5, "−$0.50"],
])("%d dollars are written %s", (costUsd, text) => {
  expect(formatUsd(costUsd)).toBe(text);
});

test.each([
  [0.0418, "0.0418"],
  [2.34567, "2.35"],
  [12845.6, "12,846"],
  [-2.5, "−2.5"],
])("%d is written %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test("a difference carries its sign once", () => {
  expect(formatDifference(0.04)).toBe("+0.04");
  expect(formatDifference(-250, formatDuration)).toBe("−250 ms");
});

test.each([
  [10_000, "just now"],
  [240_000, "4 min ago"],
  [-7_200_000, "in 2 h"],
  [86_400_000, "1 day ago"],
  [40 * 86_400_000, "14 Oct 2026"],
])("%d ms earlier reads %s", (ageMs, text) => {
  const now = Date.UTC(2026, 10, 23);
  expect(relativeTime(now - ageMs, now)).toBe(text);
});

test("counts agree with their noun", () => {
  expect([countOf(1, "trace"), countOf(1204, "trace"), countOf(2, "reply", "replies")]).toEqual([
    "1 trace",
    "1,204 traces",
    "2 replies",
  ]);
});

test.each([
  [812, "812 B"],
  [4200, "4.2 kB"],
  [1_300_000, "1.3 MB"],
])("%d bytes are written %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
