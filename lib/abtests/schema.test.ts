import { expect, test } from "vitest";
import { newId } from "#lib/core/ids.ts";
import { createAbTestInput } from "./schema.ts";

const variant = { promptVersionId: newId(), modelVersionId: newId() };
const sound = {
  key: "tone",
  name: "Tone",
  variants: [variant, variant],
  metrics: { success: [{ metric: "score:helpful" }] },
};

test.each([
  {
    change: {
      variants: [
        { ...variant, weight: 0.5 },
        { ...variant, weight: 0.4 },
      ],
    },
    path: "variants",
    says: "add up to 0.9",
  },
  { change: { variants: [{ ...variant, weight: 0.5 }, variant] }, path: "variants.1.weight", says: "weight" },
  { change: { variants: [variant] }, path: "variants", says: "at least two" },
  {
    change: {
      variants: [
        { ...variant, weight: 1 },
        { ...variant, weight: 0 },
      ],
    },
    path: "variants.1.weight",
    says: "above 0",
  },
  {
    change: { variants: [{ ...variant, key: "B" }, variant] },
    path: "variants.0.key",
    says: "this one is A",
  },
  {
    change: { variants: [{ ...variant, promptVersionId: "x" }, variant] },
    path: "variants.0.promptVersionId",
    says: "prompt version",
  },
  {
    change: { metrics: { success: [{ metric: "latency" }] } },
    path: "metrics.success.0.metric",
    says: "Unknown metric",
  },
  {
    change: { metrics: { success: [{ metric: "error_rate.p95" }] } },
    path: "metrics.success.0.metric",
    says: "Unknown metric",
  },
  { change: { metrics: { success: [] } }, path: "metrics.success", says: "at least one" },
  {
    change: { metrics: { success: [{ metric: "cost_usd" }], exploratory: [{ metric: "cost_usd" }] } },
    path: "metrics.exploratory.0.metric",
    says: "chosen twice",
  },
  { change: { unitKind: "attribute" }, path: "unitAttribute", says: "Name the attribute" },
  { change: { coverage: 0 }, path: "coverage", says: "above 0" },
  { change: { key: "Tone!" }, path: "key", says: "Lower-case" },
  { change: { design: { alpha: Number.NaN } }, path: "design.alpha", says: "number" },
  { change: { design: { minimumUnits: 10 } }, path: "design.minimumUnits", says: "100 units" },
])("$path: $says", ({ change, path, says }) => {
  const parsed = createAbTestInput.safeParse({ ...sound, ...change });
  expect(parsed.success).toBe(false);
  const issue = parsed.error!.issues.find((each) => each.path.join(".") === path);
  expect(issue?.message).toContain(says);
});

test("a sound draft gets hash 3, full coverage and alpha .05", () => {
  const parsed = createAbTestInput.parse(sound);
  expect(parsed).toMatchObject({
    hashVersion: 3,
    coverage: 1,
    unitKind: "user",
    design: { alpha: 0.05, minimumDays: 7 },
  });
});
