import { canonicalJson } from "#lib/core/json.ts";
import type { AbTest } from "./definition.ts";
import { isMonitoringOnly, parseMetric } from "./metrics.ts";
import type { Plan } from "./plan-ab-test.ts";
import type { RecentCalls } from "./store/read-unit-share.ts";

/** error: cannot start. warning: starts only when accepted. note: worth knowing. */
export type Finding = { level: "error" | "warning" | "note"; field: string; message: string };

/** What the project knows that bears on a launch. */
export type LaunchFacts = {
  /** The project's other running tests. */
  running: readonly AbTest[];
  /** Versions that the variants name and that are not there any more. */
  missing: readonly { variantKey: string; field: "promptVersionId" | "modelVersionId" }[];
  /** Of the variants' prompts, in the last 14 days. */
  recent: RecentCalls;
  /** Of the first success metric; null where the control itself is missing. */
  plan: Plan | null;
};

/** What is wrong or odd about a test before it starts. */
export function lintAbTest(test: AbTest, facts: LaunchFacts): Finding[] {
  return [
    ...deletedVersions(test, facts),
    ...identicalVariants(test),
    ...overlappingNamespaces(test, facts.running),
    ...missingUnits(test, facts.recent),
    ...tooLittleTraffic(test, facts.plan),
    ...largeMargins(test),
    ...openEndedTotals(test),
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

function openEndedTotals(test: AbTest): Finding[] {
  const metrics = test.metrics.success.flatMap(({ metric }) => parseMetric(metric) ?? []);
  if (metrics.some((metric) => !isMonitoringOnly(metric, test.unitKind))) return [];
  return [
    {
      level: "warning" as const,
      field: "metrics.success",
      message: `A total per ${test.unitKind} grows for as long as the ${test.unitKind} comes back, so it can be watched but never decides. Add a success metric per trace, such as ${metrics[0]?.measure ?? "cost_usd"}, or make sessions the units.`,
    },
  ];
}

function deletedVersions(test: AbTest, { missing }: LaunchFacts): Finding[] {
  return missing.map(({ variantKey, field }) => ({
    level: "error" as const,
    field: `variants.${test.variants.findIndex((variant) => variant.key === variantKey)}.${field}`,
    message: `The ${field === "promptVersionId" ? "prompt" : "model"} version of variant ${variantKey} has been deleted. Choose another one in the draft.`,
  }));
}

/** Below this many recent calls nothing can be said about how they name their units. */
const leastCalls = 20;

function missingUnits(test: AbTest, recent: RecentCalls): Finding[] {
  if (recent.calls < leastCalls || test.unitKind === "attribute") return [];
  const named = test.unitKind === "user" ? recent.withUser : recent.withSession;
  const share = named / recent.calls;
  if (share >= 0.9) return [];
  const [name, field] = test.unitKind === "user" ? ["user", "user_id"] : ["session", "session_id"];
  const said = named === 0 ? "None" : `Only ${Math.floor(100 * share)}%`;
  return [
    {
      level: "warning" as const,
      field: "unitKind",
      message: `${said} of the last ${recent.calls.toLocaleString("en")} calls of these prompts ${named === 0 ? "names" : "name"} a ${name}: the others get the control and do not count. Send ${field} with every call, or choose another unit.`,
    },
  ];
}

function tooLittleTraffic(test: AbTest, plan: Plan | null): Finding[] {
  if (!plan?.unitsPerVariant || !plan.unitsPerDay) return [];
  const needed = plan.unitsPerVariant.likely * test.variants.length;
  const days = needed / plan.unitsPerDay;
  if (days <= test.design.maximumDays) return [];
  return [
    {
      level: "warning" as const,
      field: "design.maximumDays",
      message: `It needs about ${Math.ceil(needed).toLocaleString("en")} units, which at ${Math.round(plan.unitsPerDay).toLocaleString("en")} a day take ${days > 3650 ? "more than ten years" : `${Math.ceil(days).toLocaleString("en")} days`}; it ends after ${test.design.maximumDays}. Look for a larger effect, cover more traffic, or let it run longer.`,
    },
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
