import type { AbTest } from "./definition.ts";
import { type MetricUnit, parseMetric } from "./metrics.ts";
import type { Outcome } from "./store/read-outcomes.ts";

/** What examples are ranked by: the test's first success metric, or the nearest that a single trace has. */
export type ExampleMeasure = "score" | "latency_ms" | "cost_usd" | "error_rate";

/** What to rank by: the first success metric that a single trace has a value of, else the latency. */
export function chooseExamplesMeasure(test: Pick<AbTest, "metrics">): {
  measure: ExampleMeasure;
  scoreName: string | null;
  shown: { label: string; unit: MetricUnit; isHigherBetter: boolean };
} {
  for (const choice of [...test.metrics.success, ...test.metrics.guardrails]) {
    const metric = parseMetric(choice.metric, choice.direction);
    if (!metric) continue;
    const { isHigherBetter } = metric;
    const scoreName = /^score:(.*?)(?:>=[-\d.]+)?$/.exec(metric.measure)?.[1];
    if (scoreName !== undefined)
      return { measure: "score", scoreName, shown: { label: scoreName, unit: "points", isHigherBetter } };
    const base = traceMeasures.find((each) => each.measure === metric.measure);
    if (base) return { measure: base.measure, scoreName: null, shown: { ...base, isHigherBetter } };
  }
  const [latency] = traceMeasures;
  return { measure: "latency_ms", scoreName: null, shown: { ...latency, isHigherBetter: false } };
}

const traceMeasures = [
  { measure: "latency_ms", label: "latency", unit: "ms" },
  { measure: "cost_usd", label: "cost", unit: "usd" },
  { measure: "error_rate", label: "failure", unit: "points" },
] as const satisfies { measure: ExampleMeasure; label: string; unit: MetricUnit }[];

export type AskedOutcome = Outcome & {
  /** The same for traces that were asked the same: their variables, or what the user said, without its spacing. */
  question: string | null;
};

export type ExamplePair = {
  control: AskedOutcome;
  treatment: AskedOutcome;
  /** Treatment minus control, in the measure. */
  gap: number;
};

/**
 * For each question that both variants were asked, the two traces that lie furthest apart; of these the widest gaps,
 * half of them in the treatment's favour where there are that many. Ties go to the newer.
 */
export function choosePairs(
  control: readonly AskedOutcome[],
  treatment: readonly AskedOutcome[],
  input: { measure: ExampleMeasure; limit: number },
): ExamplePair[] {
  const { measure, limit } = input;
  const asked = byQuestion(control, measure);
  const pairs: ExamplePair[] = [];
  for (const [question, theirs] of byQuestion(treatment, measure)) {
    const ours = asked.get(question);
    if (!ours) continue;
    const candidates = [
      { control: ours.lowest, treatment: theirs.highest },
      { control: ours.highest, treatment: theirs.lowest },
    ].map((pair) => ({
      ...pair,
      gap: outcomeIn(pair.treatment, measure)! - outcomeIn(pair.control, measure)!,
    }));
    const widest = candidates.sort((a, b) => Math.abs(b.gap) - Math.abs(a.gap))[0]!;
    if (widest.gap !== 0) pairs.push(widest);
  }
  const wide = (a: ExamplePair, b: ExamplePair) =>
    Math.abs(b.gap) - Math.abs(a.gap) || b.treatment.at.getTime() - a.treatment.at.getTime();
  const [up, down] = [pairs.filter(({ gap }) => gap > 0), pairs.filter(({ gap }) => gap < 0)].map((each) =>
    each.sort(wide),
  ) as [ExamplePair[], ExamplePair[]];
  const half = Math.ceil(limit / 2);
  const kept = [
    ...up.slice(0, Math.max(half, limit - down.length)),
    ...down.slice(0, Math.max(half, limit - up.length)),
  ];
  return kept.sort(wide).slice(0, limit);
}

/** The worst of a variant by the measure; traces without a value are in no order and left out. */
export function chooseWorst(
  traces: readonly AskedOutcome[],
  input: { measure: ExampleMeasure; isHigherBetter: boolean; limit: number },
): AskedOutcome[] {
  const { measure, isHigherBetter, limit } = input;
  const sign = isHigherBetter ? 1 : -1;
  return traces
    .filter((trace) => outcomeIn(trace, measure) !== null)
    .sort(
      (a, b) => sign * (outcomeIn(a, measure)! - outcomeIn(b, measure)!) || b.at.getTime() - a.at.getTime(),
    )
    .slice(0, limit);
}

/** A sample that no value decides: in the order of their random ids, taken in turn from each environment. */
export function chooseSample(traces: readonly AskedOutcome[], limit: number): AskedOutcome[] {
  const shuffled = [...traces].sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
  const strata = new Map<string, AskedOutcome[]>();
  for (const trace of shuffled) {
    const name = trace.environment ?? "";
    strata.set(name, [...(strata.get(name) ?? []), trace]);
  }
  const queues = [...strata.values()];
  const chosen: AskedOutcome[] = [];
  for (let round = 0; chosen.length < Math.min(limit, shuffled.length); round++)
    for (const queue of queues) {
      const next = queue[round];
      if (next && chosen.length < limit) chosen.push(next);
    }
  return chosen;
}

export function outcomeIn(trace: Outcome, measure: ExampleMeasure): number | null {
  switch (measure) {
    case "score":
      return trace.score;
    case "latency_ms":
      return trace.latencyMs;
    case "cost_usd":
      return trace.costUsd;
    case "error_rate":
      return trace.isError ? 1 : 0;
  }
}

type Ends = { lowest: AskedOutcome; highest: AskedOutcome };

function byQuestion(traces: readonly AskedOutcome[], measure: ExampleMeasure): Map<string, Ends> {
  const ends = new Map<string, Ends>();
  for (const trace of traces) {
    const value = outcomeIn(trace, measure);
    if (trace.question === null || value === null) continue;
    const known = ends.get(trace.question);
    if (!known) ends.set(trace.question, { lowest: trace, highest: trace });
    else {
      if (value < outcomeIn(known.lowest, measure)!) known.lowest = trace;
      if (value > outcomeIn(known.highest, measure)!) known.highest = trace;
    }
  }
  return ends;
}
