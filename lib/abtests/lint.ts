import { canonicalJson } from "#lib/core/json.ts";
import type { AbTest } from "./definition.ts";

/** error: cannot start. warning: starts only when accepted. note: worth knowing. */
export type Finding = { level: "error" | "warning" | "note"; field: string; message: string };

/** What is wrong or odd about a test before it starts. `running` are the project's other running tests. */
export function lintAbTest(test: AbTest, running: readonly AbTest[]): Finding[] {
  return [
    ...identicalVariants(test),
    ...overlappingNamespaces(test, running),
    ...largeMargins(test),
    ...(test.design.minimumDays < 7
      ? [
          {
            level: "note" as const,
            field: "design.minimumDays",
            message: `It may conclude after ${test.design.minimumDays} days: less than a week misses how weekdays differ.`,
          },
        ]
      : []),
  ];
}

function identicalVariants(test: AbTest): Finding[] {
  const letterOf = new Map<string, string>();
  return test.variants.flatMap((variant, index) => {
    const { promptVersionId, modelVersionId, parameters } = variant;
    const served = canonicalJson({ promptVersionId, modelVersionId, parameters });
    const twin = letterOf.get(served);
    if (!twin) {
      letterOf.set(served, variant.key);
      return [];
    }
    return [
      {
        level: "warning" as const,
        field: `variants.${index}`,
        message: `${variant.key} serves exactly what ${twin} serves: this part is an A/A test and can show no difference.`,
      },
    ];
  });
}

function overlappingNamespaces(test: AbTest, running: readonly AbTest[]): Finding[] {
  const own = test.assignment.namespace;
  if (!own) return [];
  return running.flatMap((other) => {
    const theirs = other.assignment.namespace;
    if (other.id === test.id || !theirs || theirs.name !== own.name) return [];
    if (theirs.end <= own.start || own.end <= theirs.start) return [];
    return [
      {
        level: "error" as const,
        field: "assignment.namespace",
        message: `Its range ${own.start}–${own.end} of namespace "${own.name}" overlaps that of the running test "${other.key}" (${theirs.start}–${theirs.end}).`,
      },
    ];
  });
}

function largeMargins(test: AbTest): Finding[] {
  return test.metrics.guardrails.flatMap((guardrail, index) =>
    guardrail.margin.kind === "relative" && guardrail.margin.value > 0.5
      ? [
          {
            level: "note" as const,
            field: `metrics.guardrails.${index}.margin`,
            message: `A margin of ${Math.round(guardrail.margin.value * 100)}% on ${guardrail.metric} calls almost anything "not worse".`,
          },
        ]
      : [],
  );
}
