import { expect, test } from "vitest";
import { createAbTestInput } from "#lib/abtests/schema.ts";
import { newId } from "#lib/core/ids.ts";
import { emptyForm, equalWeights, formOf, metricPath, toCreateInput } from "./form-state.ts";

const [first, second, model] = [newId(), newId(), newId()];

function filled() {
  const form = emptyForm("helpful");
  return {
    ...form,
    key: "tone",
    name: "Tone",
    variants: form.variants.map((variant, i) => ({
      ...variant,
      promptVersionId: i ? second : first,
      modelVersionId: model,
      temperature: i ? "0,2" : "",
      stop: i ? "END, ###" : "",
    })),
  };
}

test("the form as it opens, with its versions chosen, is a request that the server takes", () => {
  const input = createAbTestInput.parse(toCreateInput(filled()));
  expect(input.variants[1]).toMatchObject({
    weight: 0.5,
    parameters: { temperature: 0.2, stop: ["END", "###"] },
  });
  expect(input.metrics.success).toEqual([
    { metric: "score:helpful", direction: "higher", mde: { kind: "absolute", value: 0.05 } },
  ]);
  expect(input.metrics.guardrails[0]).toEqual({
    metric: "error_rate",
    margin: { kind: "absolute", value: 0.02 },
  });
});

test("a saved draft opens as the form it was saved from", () => {
  const form = filled();
  const saved = createAbTestInput.parse(toCreateInput(form));
  const again = formOf({ ...saved, metrics: saved.metrics });
  expect(toCreateInput(again)).toEqual(toCreateInput(form));
});

test("what is no number is refused by the field's name", () => {
  const form = filled();
  const input = toCreateInput({ ...form, coverage: "most", alpha: "" });
  const issues = createAbTestInput.safeParse(input).error?.issues.map((issue) => issue.path.join("."));
  expect(issues).toEqual(expect.arrayContaining(["coverage", "design.alpha"]));
});

test.each([2, 3, 4, 5, 6])("%i equal shares add up to 100", (count) => {
  const total = equalWeights(count).reduce((sum, weight) => sum + Number(weight), 0);
  expect(total).toBeCloseTo(100, 10);
});

test("a metric's fault is found at the place that it has in the request", () => {
  const { metrics } = filled();
  expect(metricPath(metrics, 0)).toBe("metrics.success.0");
  expect(metricPath(metrics, 2)).toBe("metrics.guardrails.1");
  expect(metricPath(metrics, 4)).toBe("metrics.exploratory.0");
});
