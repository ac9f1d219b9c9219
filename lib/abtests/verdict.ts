import type { Analysis, Comparison, ComparisonEstimate, MetricReport } from "./analysis.ts";
import type { AbTest } from "./definition.ts";
import { formatDifference, formatLift, formatSize } from "./format-metric.ts";

export type VerdictState =
  | "not_started"
  | "collecting"
  | "invalid"
  | "harm"
  | "ship_ready"
  | "no_meaningful_difference"
  | "keep_running"
  | "inconclusive";

export type Verdict = {
  state: VerdictState;
  /** One sentence that can be quoted: what is known, with its interval. */
  sentence: string;
  /** What to do about it, in a few words. */
  advice: string;
  /** The one condition that is missing first, then the others; empty when decided. */
  missing: string[];
  recommendation: {
    action: "wait" | "fix" | "pause" | "promote" | "keep_control";
    variantKey: string | null;
  };
};

/**
 * What the statistics allow us to say, by the rule of the reference, section 2(j). Order: invalid data silences
 * every claim; too few units, none yet; harm needs no minimum duration; a variant ships only if it is better on a
 * success metric *and* shown to be not worse on every guardrail, after the minimum duration.
 */
export function decideVerdict(test: AbTest, analysis: Analysis): Verdict {
  const control = test.variants[0]!.key;
  const treatments = test.variants.slice(1).map((variant) => variant.key);
  const success = analysis.metrics.filter((metric) => metric.role === "success");
  const guardrails = analysis.metrics.filter((metric) => metric.role === "guardrail");
  const deciding = success.filter((metric) => !metric.isMonitoringOnly);
  const { health, progress } = analysis;

  if (!test.startedAt)
    return {
      state: "not_started",
      sentence: "The test has not been started.",
      advice: "Start it to assign units.",
      missing: [],
      recommendation: { action: "wait", variantKey: null },
    };

  if (health.level === "block")
    return {
      state: "invalid",
      sentence: `The comparison cannot be trusted. ${health.problems[0]}`,
      advice: "Find the cause, then run a new test; the numbers below support no claim.",
      missing: health.problems.slice(1),
      recommendation: { action: "fix", variantKey: null },
    };

  const short = analysis.variants.filter((variant) => variant.units < test.design.minimumUnits);
  if (short.length > 0) {
    const counts = short.map(({ variantKey, units }) => `${variantKey} has ${units.toLocaleString("en")}`);
    return {
      state: "collecting",
      sentence: `There are too few units for any comparison: ${list(counts)} of at least ${test.design.minimumUnits} per variant.`,
      advice: test.status === "running" ? "Wait for more traffic." : "Start the test again to collect more.",
      missing: [
        `Each variant needs ${test.design.minimumUnits} units (${list(counts)}).`,
        ...unmet(analysis, treatments),
      ],
      recommendation: { action: "wait", variantKey: null },
    };
  }

  const harmed = [...success, ...guardrails].flatMap((metric) =>
    metric.comparisons.filter((each) => each.estimate?.isHarm).map((each) => ({ metric, comparison: each })),
  );
  const sound = treatments.filter((key) => !harmed.some(({ comparison }) => comparison.variantKey === key));
  const daysLeft = Math.ceil(progress.minimumDays - progress.days);
  const ready = sound.filter(
    (key) =>
      daysLeft <= 0 &&
      deciding.some((metric) => comparisonOf(metric, key)?.state === "better") &&
      guardrails.every((metric) => isKept(comparisonOf(metric, key))),
  );
  const { best, tieBreak } = chooseBest(ready, deciding, analysis);
  if (best) {
    const wins = deciding.filter((metric) => comparisonOf(metric, best)?.state === "better");
    return {
      state: "ship_ready",
      sentence: `${best} is better than ${control}: ${list(wins.map((metric) => claim(metric, comparisonOf(metric, best)!.estimate!)))}${guardrails.length > 0 ? `; ${list(guardrails.map(named))} ${guardrails.length > 1 ? "are" : "is"} not worse than the margin allows` : ""}.`,
      advice: tieBreak ?? `It is safe to ship ${best}.`,
      missing: [],
      recommendation: { action: "promote", variantKey: best },
    };
  }

  const worst = harmed[0];
  if (worst && sound.length === 0) {
    const { metric, comparison } = worst;
    return {
      state: "harm",
      sentence: `${comparison.variantKey} is worse than ${control}: ${claim(metric, comparison.estimate!)}.`,
      advice: `Pause the test, or stop it and keep ${control}.`,
      missing: [],
      recommendation: { action: "pause", variantKey: control },
    };
  }

  const isEquivalent =
    deciding.length > 0 &&
    deciding.every((metric) => metric.comparisons.every((each) => each.state === "equivalent"));
  if (isEquivalent && daysLeft <= 0) {
    const [primary] = deciding;
    return {
      state: "no_meaningful_difference",
      sentence: `${list(treatments)} and ${control} differ by less than ${formatSize(primary!.scale!.mde, primary!.unit)} in ${named(primary!)}: no difference that matters.`,
      advice: `Keep ${control}, or take the cheaper one.`,
      missing: [],
      recommendation: { action: "keep_control", variantKey: control },
    };
  }

  const missing = [
    ...unmet(analysis, sound.length > 0 ? sound : treatments),
    ...(daysLeft > 0
      ? [`It must run for ${test.design.minimumDays} days (${daysLeft} more), to see every day of the week.`]
      : []),
    ...(health.level === "warn" ? health.problems : []),
  ];
  const sentence = openSentence(success, control, treatments);
  const isOver = progress.days >= progress.maximumDays || test.stoppedAt !== null;
  if (isOver)
    return {
      state: "inconclusive",
      sentence: `${test.stoppedAt ? "The test was stopped" : `After ${test.design.maximumDays} days the test is still`} undecided. ${sentence}`,
      advice: `Keep ${control}: nothing else has been shown to be better.`,
      missing,
      recommendation: { action: "keep_control", variantKey: control },
    };
  return {
    state: "keep_running",
    sentence,
    advice: test.status === "running" ? "Keep the test running." : "Start the test again, or stop it.",
    missing,
    recommendation: { action: "wait", variantKey: null },
  };
}

/** What each treatment that could still ship lacks: first a better success metric, then each open guardrail. */
function unmet(analysis: Analysis, treatments: readonly string[]): string[] {
  const all = analysis.metrics.filter((metric) => metric.role === "success");
  const success = all.filter((metric) => !metric.isMonitoringOnly);
  const guardrails = analysis.metrics.filter((metric) => metric.role === "guardrail");
  if (success.length === 0)
    return [
      `${capital(named(all[0]!))} grows as long as users come back: it can be watched, but not decide.`,
    ];
  return treatments.flatMap((key) => {
    const isBetter = success.some((metric) => comparisonOf(metric, key)?.state === "better");
    return [
      ...(isBetter ? [] : success.slice(0, 1).map((metric) => lacksDifference(metric, key))),
      ...guardrails
        .filter((metric) => !isKept(comparisonOf(metric, key)))
        .map((metric) => lacksSafety(metric, key)),
    ];
  });
}

function lacksDifference(metric: MetricReport, key: string): string {
  const comparison = comparisonOf(metric, key);
  if (!comparison?.estimate) return `${named(metric)} of ${key} ${whyNot(comparison)}.`;
  const { lower, upper } = comparison.estimate;
  if (comparison.state === "worse")
    return `${key} must be better in ${named(metric)}; it is worse (${range(metric, lower, upper)}).`;
  return `The interval of ${named(metric)} must leave zero: ${key} is between ${range(metric, lower, upper)}.`;
}

function lacksSafety(metric: MetricReport, key: string): string {
  const comparison = comparisonOf(metric, key);
  if (!comparison?.estimate || !metric.scale?.margin)
    return `${named(metric)} of ${key} ${whyNot(comparison)}.`;
  const worst = Math.max(0, -(comparison.estimate.worstCase ?? 0));
  return `${capital(named(metric))} must be shown to be not worse by ${formatSize(metric.scale.margin, metric.unit)}: for ${key} up to ${formatSize(worst, metric.unit)} is still possible.`;
}

function whyNot(comparison: Comparison | undefined): string {
  switch (comparison?.reason) {
    case "no_scale_yet":
      return "has no baseline yet to measure a relative effect by";
    case "too_few_units":
    case "no_units":
      return "has been measured on too few units";
    case "quantile_on_atom":
      return "lies where many values are identical (a timeout?), so its quantile has no interval";
    default:
      return "cannot be estimated yet";
  }
}

function openSentence(success: MetricReport[], control: string, treatments: readonly string[]): string {
  const [primary] = success;
  const known = treatments.flatMap((key) => {
    const estimate = primary && comparisonOf(primary, key)?.estimate;
    return estimate ? [`${key} against ${control} ${range(primary, estimate.lower, estimate.upper)}`] : [];
  });
  if (!primary || known.length === 0) return "No difference has been established yet.";
  const isDecided = primary.comparisons.some((each) => each.state === "better" || each.state === "worse");
  if (isDecided)
    return `${capital(named(primary))} differs (${known.join("; ")}), but not everything that a decision needs is shown.`;
  return `No difference in ${named(primary)} has been established: ${known.join("; ")}.`;
}

/** "cost per trace is lower by $0.0012 to $0.0034 (18 % to 31 %)". */
function claim(metric: MetricReport, estimate: ComparisonEstimate): string {
  const isHigher = estimate.difference > 0;
  const sizes = [Math.abs(estimate.lower), Math.abs(estimate.upper)].sort((a, b) => a - b);
  const { relative } = estimate;
  const percent = relative
    ? ` (${[relative.lower, relative.upper]
        .sort((a, b) => Math.abs(a) - Math.abs(b))
        .map(formatLift)
        .join(" to ")})`
    : "";
  const subject =
    estimate.method === "small_counts" ? `the share of units with any (${named(metric)})` : named(metric);
  return `${subject} is ${isHigher ? "higher" : "lower"} by ${formatSize(sizes[0]!, metric.unit)} to ${formatSize(sizes[1]!, metric.unit)}${percent}`;
}

function range(metric: MetricReport, lower: number, upper: number): string {
  return `${formatDifference(lower, metric.unit)} to ${formatDifference(upper, metric.unit)}`;
}

function comparisonOf(metric: MetricReport, variantKey: string): Comparison | undefined {
  return metric.comparisons.find((each) => each.variantKey === variantKey);
}

function isKept(comparison: Comparison | undefined): boolean {
  return comparison?.state === "non_inferior" || comparison?.state === "better";
}

/**
 * Of several variants that may ship: the one with the largest shrunken effect on the first metric that decides, unless
 * another's interval overlaps its and that one is cheaper. `tieBreak` tells of it.
 */
function chooseBest(
  ready: readonly string[],
  deciding: readonly MetricReport[],
  analysis: Analysis,
): { best: string | null; tieBreak: string | null } {
  const ranked = ready.toSorted((a, b) => effect(deciding, b) - effect(deciding, a));
  const [first, ...others] = ranked;
  if (!first) return { best: null, tieBreak: null };
  const cost = (key: string) =>
    analysis.variants
      .find((variant) => variant.variantKey === key)
      ?.metrics.find((metric) => metric.id === "cost_usd")?.value ?? Number.POSITIVE_INFINITY;
  const primary = deciding[0]!;
  const [cheapest] = others
    .filter(
      (key) => overlap(comparisonOf(primary, first), comparisonOf(primary, key)) && cost(key) < cost(first),
    )
    .sort((a, b) => cost(a) - cost(b));
  if (!cheapest) return { best: first, tieBreak: null };
  return {
    best: cheapest,
    tieBreak: `It is safe to ship ${cheapest}. ${first} may be better still in ${named(primary)}, but their intervals overlap and ${cheapest} is cheaper.`,
  };
}

/** Signed so that more is better. */
function effect(deciding: readonly MetricReport[], variantKey: string): number {
  const [primary] = deciding;
  const estimate = primary && comparisonOf(primary, variantKey)?.estimate;
  if (!primary || !estimate) return Number.NEGATIVE_INFINITY;
  return (primary.isHigherBetter ? 1 : -1) * (estimate.bayesian?.mean ?? estimate.difference);
}

function overlap(a: Comparison | undefined, b: Comparison | undefined): boolean {
  if (!a?.estimate || !b?.estimate) return false;
  return a.estimate.lower <= b.estimate.upper && b.estimate.lower <= a.estimate.upper;
}

function named(metric: MetricReport): string {
  const { label, unit } = metric;
  return unit === "points" && metric.id.startsWith("score:") ? `the score "${label}"` : lowered(label);
}

function lowered(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function list(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
