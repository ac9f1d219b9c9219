import fc from "fast-check";
import { expect, test } from "vitest";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import { effectiveParameters } from "./effective-parameters.ts";
import { overridesFor } from "./overrides-for.ts";

const parameters = fc.record(
  {
    temperature: fc.constantFrom(0, 0.5, 1),
    maxTokens: fc.integer({ min: 1, max: 9 }),
    seed: fc.integer({ min: 0, max: 9 }),
    stop: fc.constantFrom(["a"], ["a", "b"]),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<SamplingParameters>;

test("the overrides make a column send exactly what was sent", () => {
  fc.assert(
    fc.property(parameters, parameters, parameters, (sent, defaults, own) => {
      const overrides = overridesFor(sent, defaults, own, { isComplete: true });
      expect(effectiveParameters(defaults, own, overrides)).toEqual(sent);
    }),
  );
});

test("what is sent anyway needs no override, and what an emitter did not tell is left alone", () => {
  expect(
    overridesFor({ temperature: 0 }, { maxTokens: 5 }, { temperature: 0 }, { isComplete: false }),
  ).toEqual({});
  expect(
    overridesFor({ temperature: 0 }, { maxTokens: 5 }, { temperature: 0 }, { isComplete: true }),
  ).toEqual({
    maxTokens: null,
  });
});
