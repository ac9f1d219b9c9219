import { expect, test } from "vitest";
import { assignVariant } from "./assign.ts";
import type { AbDefinition } from "./definition.ts";
import type { Attributes } from "./schema.ts";

const variant = (key: string, weight: number) => ({
  key,
  weight,
  promptVersionId: "p",
  modelVersionId: "m",
  parameters: {},
});

const definition: AbDefinition = {
  abTestId: "t",
  abTestKey: "tone",
  status: "running",
  unitKind: "user",
  unitAttribute: null,
  seed: "tone",
  hashVersion: 3,
  coverage: 1,
  namespace: null,
  holdout: null,
  targeting: [],
  phase: 1,
  variants: [variant("A", 0.5), variant("B", 0.5)],
  defaultVariantKey: "A",
};
const units = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);

test("units are split by weight, and always the same way", () => {
  const uneven = { ...definition, variants: [variant("A", 0.7), variant("B", 0.2), variant("C", 0.1)] };
  const count = { A: 0, B: 0, C: 0 } as Record<string, number>;
  for (const unit of units) {
    const { variantKey } = assignVariant(uneven, unit);
    expect(assignVariant(uneven, unit).variantKey).toBe(variantKey);
    count[variantKey]!++;
  }
  expect(count.A! / units.length).toBeCloseTo(0.7, 1);
  expect(count.B! / units.length).toBeCloseTo(0.2, 1);
  expect(count.C! / units.length).toBeCloseTo(0.1, 1);
});

test("raising the coverage only adds units, and moves none to another variant", () => {
  const half = { ...definition, coverage: 0.5 };
  let covered = 0;
  for (const unit of units) {
    const before = assignVariant(half, unit);
    if (!before.isInTest) {
      expect(before).toEqual({ variantKey: "A", isInTest: false, reason: "outside_coverage" });
      continue;
    }
    covered++;
    expect(assignVariant(definition, unit)).toEqual(before);
  }
  expect(covered / units.length).toBeCloseTo(0.5, 1);
});

test("tests with other seeds split independently", () => {
  const other = { ...definition, seed: "tonf" };
  const both = units.filter(
    (unit) =>
      assignVariant(definition, unit).variantKey === "B" && assignVariant(other, unit).variantKey === "B",
  );
  expect(both.length / units.length).toBeCloseTo(0.25, 1);
});

test.each(["draft", "paused", "stopped", "concluded"] as const)(
  "a %s test assigns nobody and serves the default",
  (status) => {
    expect(assignVariant({ ...definition, status, defaultVariantKey: "B" }, "user-1")).toEqual({
      variantKey: "B",
      isInTest: false,
      reason: "not_running",
    });
  },
);

test("disjoint ranges of one namespace never share a unit", () => {
  const first = { ...definition, namespace: { name: "checkout", start: 0, end: 0.5 } };
  const second = { ...definition, seed: "other", namespace: { name: "checkout", start: 0.5, end: 1 } };
  for (const unit of units.slice(0, 2000)) {
    const inFirst = assignVariant(first, unit).isInTest;
    expect(assignVariant(second, unit).isInTest).toBe(!inFirst);
  }
});

test("a named holdout keeps the same units out of every test that names it, and moves no other unit", () => {
  const holdout = { name: "2026", share: 0.1 };
  const first = { ...definition, holdout };
  const second = { ...definition, seed: "other", holdout };
  let held = 0;
  for (const unit of units) {
    const choice = assignVariant(first, unit);
    const isHeld = choice.reason === "held_out";
    expect(assignVariant(second, unit).reason === "held_out").toBe(isHeld);
    expect(choice).toEqual(
      isHeld ? { variantKey: "A", isInTest: false, reason: "held_out" } : assignVariant(definition, unit),
    );
    if (isHeld) held++;
  }
  expect(held / units.length).toBeCloseTo(0.1, 2);
});

test.each<{ operator: "in" | "not_in"; attributes: Attributes; isInTest: boolean }>([
  { operator: "in", attributes: { country: "DE" }, isInTest: true },
  { operator: "in", attributes: { country: "FR" }, isInTest: false },
  { operator: "in", attributes: {}, isInTest: false },
  { operator: "not_in", attributes: { country: "DE" }, isInTest: false },
  { operator: "not_in", attributes: {}, isInTest: true },
])("targeting country $operator [DE] of $attributes: $isInTest", ({ operator, attributes, isInTest }) => {
  const targeted = { ...definition, targeting: [{ attribute: "country", operator, values: ["DE"] }] };
  expect(assignVariant(targeted, "user-1", attributes).isInTest).toBe(isInTest);
});
