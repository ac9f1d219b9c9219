import { type Context, requireScope } from "#lib/core/context.ts";
import { canonicalJson, contentHash } from "#lib/core/json.ts";
import { previewOf } from "#lib/traces/preview.ts";
import type { Span } from "#lib/traces/span.ts";
import { chosenMetrics } from "./chosen-metrics.ts";
import type { AbTest } from "./definition.ts";
import { loadAbTest } from "./queries.ts";
import { type RecentCall, readRecentCalls } from "./store/read-recent-calls.ts";

/** A trace of the test, as far as a list of examples shows it. */
export type ExampleTrace = {
  traceId: string;
  variantKey: string;
  unitId: string;
  startedAt: Date;
  input: string | null;
  output: string | null;
  latencyMs: number | null;
  costUsd: number | null;
  isError: boolean;
  scores: Record<string, number>;
};

/** What pairs are ordered by, and what is worst: a score, or what every call has. */
export type ExampleMeasure = "latency_ms" | "cost_usd" | `score:${string}`;

export type Examples = {
  /** The latest traces looked at, of each variant at most. */
  looked: number;
  measure: ExampleMeasure;
  /** The same input answered by both variants, the largest gap first. `gap` is treatment minus control. */
  pairs: { control: ExampleTrace; treatment: ExampleTrace; gap: number | null }[];
  /** Of each variant, the worst by each measure. */
  worst: { variantKey: string; measure: ExampleMeasure; traces: ExampleTrace[] }[];
  /** Of each variant, some at random: the same at every look, until newer traces come. */
  random: { variantKey: string; traces: ExampleTrace[] }[];
};

const looked = 400;
const pairLimit = 20;
const listLimit = 5;

/**
 * Traces that show what the numbers are made of, from the latest of the control and one treatment (the first unless
 * named). Two traces have the same input if their prompt variables are equal, or, without variables, what the user
 * said. Throws `not_found`.
 */
export async function listExamples(
  ctx: Context,
  key: string,
  options: { treatment?: string; measure?: ExampleMeasure } = {},
): Promise<Examples> {
  requireScope(ctx, "read");
  const test = await loadAbTest(ctx.projectId, key);
  const control = test.variants[0]!.key;
  const treatment =
    test.variants.find((variant) => variant.key === options.treatment && variant.key !== control)?.key ??
    test.variants[1]!.key;
  const [before, after] = await Promise.all(
    [control, treatment].map((variantKey) => readRecentCalls(test, variantKey, looked)),
  );
  const measures = measuresOf(test);
  const measure = options.measure ?? measures[0]!.measure;
  const arms = [
    { variantKey: control, calls: before! },
    { variantKey: treatment, calls: after! },
  ];
  return {
    looked,
    measure,
    pairs: pairsOf(before!, after!, measure),
    worst: arms.flatMap(({ variantKey, calls }) =>
      measures.map((each) => ({
        variantKey,
        measure: each.measure,
        traces: worstOf(calls, each.measure, each.isHigherBetter).map(toExample),
      })),
    ),
    random: arms.map(({ variantKey, calls }) => ({
      variantKey,
      traces: calls
        .toSorted((a, b) => (contentHash(a.traceId) < contentHash(b.traceId) ? -1 : 1))
        .slice(0, listLimit)
        .map(toExample),
    })),
  };
}

/** The test's own scores first, then what every call has. */
function measuresOf(test: AbTest): { measure: ExampleMeasure; isHigherBetter: boolean }[] {
  const scores = chosenMetrics(test)
    .filter(({ metric }) => metric.measure.startsWith("score:"))
    .map(({ metric }) => ({
      measure: metric.measure.replace(/>=-?[\d.]+$/, "") as `score:${string}`,
      isHigherBetter: metric.isHigherBetter,
    }));
  const unique = [...new Map(scores.map((score) => [score.measure, score])).values()];
  return [
    ...unique,
    { measure: "latency_ms", isHigherBetter: false },
    { measure: "cost_usd", isHigherBetter: false },
  ];
}

/** Of each input that both answered, the two calls that lie furthest apart; those without the measure come last. */
function pairsOf(
  control: readonly RecentCall[],
  treatment: readonly RecentCall[],
  measure: ExampleMeasure,
): Examples["pairs"] {
  const ours = byInput(control);
  const pairs = [...byInput(treatment)].flatMap(([input, theirs]): Examples["pairs"] => {
    const partners = ours.get(input);
    if (!partners) return [];
    const [low, high] = ends(partners, measure);
    const [lowest, highest] = ends(theirs, measure);
    if (!low || !high || !lowest || !highest)
      return [{ control: toExample(partners[0]!), treatment: toExample(theirs[0]!), gap: null }];
    const gapOf = (a: RecentCall, b: RecentCall) => measured(b, measure)! - measured(a, measure)!;
    const [a, b] =
      Math.abs(gapOf(low, highest)) >= Math.abs(gapOf(high, lowest)) ? [low, highest] : [high, lowest];
    return [{ control: toExample(a), treatment: toExample(b), gap: gapOf(a, b) }];
  });
  const width = ({ gap }: { gap: number | null }) => (gap === null ? -1 : Math.abs(gap));
  return pairs.sort((a, b) => width(b) - width(a)).slice(0, pairLimit);
}

function byInput(calls: readonly RecentCall[]): Map<string, RecentCall[]> {
  const found = new Map<string, RecentCall[]>();
  for (const call of calls) {
    const input = inputOf(call.span);
    if (input !== null) found.set(input, [...(found.get(input) ?? []), call]);
  }
  return found;
}

/** The calls with the lowest and the highest value; none where no call has one. */
function ends(calls: readonly RecentCall[], measure: ExampleMeasure): [RecentCall?, RecentCall?] {
  const known = calls
    .filter((call) => measured(call, measure) !== null)
    .sort((a, b) => measured(a, measure)! - measured(b, measure)!);
  return [known[0], known.at(-1)];
}

function worstOf(
  calls: readonly RecentCall[],
  measure: ExampleMeasure,
  isHigherBetter: boolean,
): RecentCall[] {
  const sign = isHigherBetter ? 1 : -1;
  return calls
    .filter((call) => measured(call, measure) !== null)
    .sort((a, b) => sign * (measured(a, measure)! - measured(b, measure)!))
    .slice(0, listLimit);
}

function measured(call: RecentCall, measure: ExampleMeasure): number | null {
  if (measure === "latency_ms") return call.latencyMs;
  if (measure === "cost_usd") return call.costUsd;
  return call.scores[measure.slice("score:".length)] ?? null;
}

/** What makes two calls the same question; null if the call tells neither variables nor messages. */
function inputOf(span: Span): string | null {
  if (span.variables && Object.keys(span.variables).length > 0) return canonicalJson(span.variables);
  const asked = (span.inputMessages ?? []).filter((message) => message.role === "user");
  if (asked.length === 0) return null;
  const text = canonicalJson(asked.map((message) => message.parts));
  return text.toLowerCase().replace(/\s+/g, " ");
}

function toExample({ span, ...call }: RecentCall): ExampleTrace {
  return { ...call, ...previewOf(span) };
}
