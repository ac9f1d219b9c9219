import type { MetricRole } from "./analysis.ts";
import type { AbTest } from "./definition.ts";
import { type Metric, parseMetric } from "./metrics.ts";

/** The metrics of a test's design, those that decide first. */
export function chosenMetrics(test: AbTest): { metric: Metric; role: MetricRole }[] {
  const { success, guardrails, exploratory } = test.metrics;
  const rolesOf = [
    ["success", success],
    ["guardrail", guardrails],
    ["exploratory", exploratory],
  ] as const;
  return rolesOf.flatMap(([role, choices]) =>
    choices.flatMap((choice) => {
      const metric = parseMetric(choice.metric, choice.direction);
      return metric ? [{ metric, role }] : [];
    }),
  );
}
