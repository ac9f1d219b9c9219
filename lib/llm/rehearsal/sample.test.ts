import { expect, test } from "vitest";
import { drawsOf } from "./random.ts";
import { sample } from "./sample.ts";

const logits = [2, 1, 0, -1];

function shares(temperature: number, topP: number): number[] {
  const draw = drawsOf("shares", temperature, topP);
  const counts = [0, 0, 0, 0];
  for (let round = 0; round < 40_000; round++) counts[sample(logits, { temperature, topP }, draw).index]!++;
  return counts.map((count) => count / 40_000);
}

function softmax(temperature: number): number[] {
  const weights = logits.map((logit) => Math.exp(logit / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

test.each([0.5, 1, 2])("at temperature %d options come in the shares of the softmax", (temperature) => {
  const expected = softmax(temperature);
  for (const [index, share] of shares(temperature, 1).entries()) {
    // Four standard errors of a share of 40,000 draws.
    expect(Math.abs(share - expected[index]!)).toBeLessThan(
      4 * Math.sqrt((expected[index]! * (1 - expected[index]!)) / 40_000),
    );
  }
});

test("temperature 0 takes the likeliest, whatever the draw", () => {
  expect(shares(0, 1)).toEqual([1, 0, 0, 0]);
});

test("the nucleus holds the likeliest options that reach top_p, renormalised", () => {
  const [a, b] = softmax(1) as [number, number];
  const cut = shares(1, 0.7);
  expect(cut.slice(2)).toEqual([0, 0]);
  expect(cut[0]).toBeCloseTo(a / (a + b), 1);
  expect(shares(1, 0)).toEqual([1, 0, 0, 0]);
});
