import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { canonicalJson, type JsonObject } from "#lib/core/json.ts";
import { readTexts, type TraceTexts } from "#lib/traces/store/read-texts.ts";
import {
  type AskedOutcome,
  chooseExamplesMeasure,
  choosePairs,
  chooseSample,
  chooseWorst,
  outcomeIn,
} from "./choose-examples.ts";
import { type AbTest, controlOf } from "./definition.ts";
import type { MetricUnit } from "./metrics.ts";
import { readOutcomes } from "./store/read-outcomes.ts";

export type ExampleTrace = {
  traceId: string;
  variantKey: string;
  at: Date;
  environment: string | null;
  isError: boolean;
  latencyMs: number | null;
  costUsd: number | null;
  /** In the measure that the examples are ranked by. */
  value: number | null;
  input: string | null;
  output: string | null;
};

export type Examples = {
  /** What they are ranked by. */
  measure: { label: string; unit: MetricUnit; isHigherBetter: boolean };
  /** The same question, asked of both, where the answers lie furthest apart; widest first. */
  pairs: {
    variantKey: string;
    question: string;
    gap: number;
    control: ExampleTrace;
    treatment: ExampleTrace;
  }[];
  worst: { variantKey: string; traces: ExampleTrace[] }[];
  sample: { variantKey: string; traces: ExampleTrace[] }[];
  /** How many of the newest traces these were chosen from. */
  looked: number;
};

/** Enough that questions recur, few enough that reading their texts takes a moment only. */
const perVariant = 300;
const shownLength = 1200;

/** Traces to read before deciding: pairs that differ most, the worst of each variant, and a sample of each. */
export async function findExamples(ctx: Context, test: AbTest): Promise<Examples> {
  requireScope(ctx, "read");
  const { measure, scoreName, shown } = chooseExamplesMeasure(test);
  const outcomes = test.startedAt
    ? await readOutcomes({
        projectId: ctx.projectId,
        abTestId: test.id,
        variantKeys: test.variants.map((variant) => variant.key),
        from: test.startedAt,
        to: test.stoppedAt ?? new Date(now().getTime() + 600_000),
        scoreName,
        perVariant,
      })
    : [];
  const texts = await readTexts(
    ctx,
    outcomes.map((outcome) => outcome.traceId),
  );
  const asked = outcomes.map(
    (outcome): AskedOutcome => ({
      ...outcome,
      question: questionOf(texts.get(outcome.traceId)),
    }),
  );
  const of = (key: string) => asked.filter((outcome) => outcome.variantKey === key);
  const shownTrace = (outcome: AskedOutcome): ExampleTrace => {
    const found = texts.get(outcome.traceId);
    const { traceId, variantKey, at, environment, isError, latencyMs, costUsd } = outcome;
    return {
      traceId,
      variantKey,
      at,
      environment,
      isError,
      latencyMs,
      costUsd,
      value: outcomeIn(outcome, measure),
      input: cut(found?.input),
      output: cut(found?.output),
    };
  };
  const control = controlOf(test).key;
  return {
    measure: shown,
    pairs: test.variants.slice(1).flatMap(({ key }) =>
      choosePairs(of(control), of(key), { measure, limit: 6 }).map((pair) => ({
        variantKey: key,
        question: cut(askedText(texts.get(pair.treatment.traceId))) ?? "",
        gap: pair.gap,
        control: shownTrace(pair.control),
        treatment: shownTrace(pair.treatment),
      })),
    ),
    worst: test.variants.map(({ key }) => ({
      variantKey: key,
      traces: chooseWorst(of(key), { measure, isHigherBetter: shown.isHigherBetter, limit: 4 }).map(
        shownTrace,
      ),
    })),
    sample: test.variants.map(({ key }) => ({
      variantKey: key,
      traces: chooseSample(of(key), 4).map(shownTrace),
    })),
    looked: outcomes.length,
  };
}

function questionOf(found: TraceTexts | undefined): string | null {
  if (!found) return null;
  if (found.content.variables) return canonicalJson(found.content.variables);
  return found.input === null ? null : found.input.trim().replace(/\s+/g, " ").toLowerCase();
}

/** What both were asked, for people. */
function askedText(found: TraceTexts | undefined): string | null {
  const variables = found?.content.variables as JsonObject | null | undefined;
  if (!variables) return found?.input ?? null;
  return Object.entries(variables)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}

function cut(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
