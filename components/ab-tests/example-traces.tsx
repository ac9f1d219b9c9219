"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { type AddedTraces, AddSelected } from "#components/traces/add-selected.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { formatDuration, formatUsd } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { useUrlState } from "#components/ui/use-url-state.ts";
import type { ExamplesJson } from "#lib/abtests/examples-schema.ts";
import { formatDifference, formatValue } from "#lib/abtests/format-metric.ts";
import type { MetricUnit } from "#lib/abtests/metrics.ts";
import type { ActionResult } from "#lib/http/action.ts";

type TraceJson = ExamplesJson["pairs"][number]["control"];

type ExampleTracesProps = {
  /** One per treatment, in the order of the variants. */
  examples: readonly ExamplesJson[];
  variantKeys: readonly string[];
  /** Whether more of what pairs are ordered by is better. */
  isHigherBetter: boolean;
  tracesHref: string;
  datasets: readonly string[];
  /** Null for those who may not write datasets. */
  onAdd: ((input: { traceIds: string[]; dataset: string }) => Promise<ActionResult<AddedTraces>>) | null;
};

const shownPairs = 6;
const shownOfEach = 4;

const views = [
  { value: "pairs", label: "Same question, furthest apart" },
  { value: "worst", label: "Worst of each" },
  { value: "random", label: "At random" },
] as const;

/** Answers to read before deciding; what is worth keeping goes into a dataset. */
export function ExampleTraces(props: ExampleTracesProps) {
  const { examples, variantKeys, datasets, onAdd } = props;
  const router = useRouter();
  const [view, setView] = useUrlState(
    "examples",
    "pairs",
    views.map((each) => each.value),
  );
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (traceId: string) =>
    setChosen((current) => {
      const next = new Set(current);
      if (!next.delete(traceId)) next.add(traceId);
      return next;
    });
  const [first] = examples;
  if (!first || examples.every((each) => each.random.every((group) => group.traces.length === 0)))
    return <p className="text-sm text-muted">Answers appear here with the first traces that name a unit.</p>;
  const { measure } = first;
  const { label, unit } = shownMeasure(measure);
  const trace = (each: TraceJson, by = measure) => {
    const value = measured(each, by);
    const { label, unit } = shownMeasure(by);
    return (
      <TraceCard
        key={`${by}${each.traceId}`}
        trace={each}
        index={variantKeys.indexOf(each.variantKey)}
        href={`${props.tracesHref}/${each.traceId}`}
        valueText={value === null ? null : `${label} ${formatValue(value, unit)}`}
        isChosen={chosen.has(each.traceId)}
        onToggle={onAdd ? () => toggle(each.traceId) : null}
      />
    );
  };
  const pairs = examples.flatMap((each) => each.pairs.slice(0, shownPairs));
  const worst = variantKeys.map((key) => ({
    variantKey: key,
    lists: (examples.find((each) => each.worst.some((list) => list.variantKey === key))?.worst ?? []).filter(
      (list) => list.variantKey === key && list.traces.length > 0,
    ),
  }));
  const random = variantKeys.map((key) => ({
    variantKey: key,
    traces: examples.flatMap((each) => each.random).find((list) => list.variantKey === key)?.traces ?? [],
  }));
  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3" data-print="hide">
        <fieldset className="inline-flex flex-wrap rounded-md border border-border text-xs text-muted">
          <legend className="sr-only">Examples shown</legend>
          {views.map((each) => (
            <button
              key={each.value}
              type="button"
              aria-pressed={view === each.value}
              onClick={() => setView(each.value)}
              className="px-2 py-1 first:rounded-l-md last:rounded-r-md hover:text-text aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-text"
            >
              {each.label}
            </button>
          ))}
        </fieldset>
        {onAdd && chosen.size > 0 && (
          <AddSelected
            traceCount={chosen.size}
            datasets={datasets}
            onAdd={(dataset) => onAdd({ traceIds: [...chosen], dataset })}
            onAdded={() => {
              setChosen(new Set());
              router.refresh();
            }}
          />
        )}
      </div>
      {view === "pairs" &&
        (pairs.length === 0 ? (
          <p className="max-w-prose text-sm text-muted">
            Among the newest traces no question was asked of two variants.
          </p>
        ) : (
          <ol className="flex flex-col gap-5">
            {pairs.map(({ control, treatment, gap }) => (
              <li key={control.traceId + treatment.traceId} className="break-inside-avoid">
                <div className="mb-1 flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
                  <p className="line-clamp-4 max-w-prose font-medium break-words whitespace-pre-line">
                    {treatment.input ?? "The same variables"}
                  </p>
                  {gap !== null && (
                    <Badge
                      tone={gap === 0 ? "neutral" : gap > 0 === props.isHigherBetter ? "better" : "worse"}
                    >
                      {label} {formatDifference(gap, unit)}
                    </Badge>
                  )}
                </div>
                <div className="grid gap-3 md:grid-cols-2">
                  {trace(control)}
                  {trace(treatment)}
                </div>
              </li>
            ))}
          </ol>
        ))}
      {view === "worst" && (
        <div className="grid gap-4 md:grid-cols-2">
          {worst.map(({ variantKey, lists }) => (
            <div key={variantKey} className="flex flex-col gap-3">
              {lists.length === 0 && <p className="text-sm text-muted">None of {variantKey}.</p>}
              {lists.map((list) => (
                <section key={list.measure} className="flex flex-col gap-2">
                  <h3 className="text-xs text-muted">
                    {variantKey}, worst in {shownMeasure(list.measure).label}
                  </h3>
                  {list.traces.slice(0, shownOfEach).map((each) => trace(each, list.measure))}
                </section>
              ))}
            </div>
          ))}
        </div>
      )}
      {view === "random" && (
        <div className="grid gap-4 md:grid-cols-2">
          {random.map(({ variantKey, traces }) => (
            <div key={variantKey} className="flex flex-col gap-2">
              {traces.length === 0 ? (
                <p className="text-sm text-muted">None of {variantKey}.</p>
              ) : (
                traces.slice(0, shownOfEach).map((each) => trace(each))
              )}
            </div>
          ))}
        </div>
      )}
      <p className="mt-2 text-xs text-muted">
        From the newest {first.looked.toLocaleString("en")} traces of each variant. They illustrate; the
        numbers above decide.
      </p>
    </div>
  );
}

function shownMeasure(measure: ExamplesJson["measure"]): { label: string; unit: MetricUnit } {
  if (measure === "latency_ms") return { label: "latency", unit: "ms" };
  if (measure === "cost_usd") return { label: "cost", unit: "usd" };
  return { label: measure.slice("score:".length), unit: "points" };
}

function measured(trace: TraceJson, measure: ExamplesJson["measure"]): number | null {
  if (measure === "latency_ms") return trace.latencyMs;
  if (measure === "cost_usd") return trace.costUsd;
  return trace.scores[measure.slice("score:".length)] ?? null;
}

type TraceCardProps = {
  trace: TraceJson;
  index: number;
  href: string;
  valueText: string | null;
  isChosen: boolean;
  onToggle: (() => void) | null;
};

function TraceCard({ trace, index, href, valueText, isChosen, onToggle }: TraceCardProps) {
  return (
    <article className="min-w-0 rounded-md bg-sunken p-3 text-sm">
      <p className="mb-1 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-xs text-muted tabular-nums">
        {onToggle && (
          <span data-print="hide">
            <Checkbox
              aria-label={`Choose the trace ${trace.traceId.slice(0, 8)} of ${trace.variantKey}`}
              isChecked={isChosen}
              onCheckedChange={onToggle}
            />
          </span>
        )}
        <VariantMark index={index} />
        {valueText && <span className="text-text">{valueText}</span>}
        {trace.isError && <Badge tone="harm">failed</Badge>}
        {trace.latencyMs !== null && <span>{formatDuration(trace.latencyMs)}</span>}
        {trace.costUsd !== null && <span>{formatUsd(trace.costUsd)}</span>}
        <Link href={href} className="link">
          trace, <RelativeTime value={trace.startedAt} />
        </Link>
      </p>
      <p className="line-clamp-6 break-words whitespace-pre-wrap print:line-clamp-none">
        {trace.output ?? <span className="text-muted">no answer</span>}
      </p>
    </article>
  );
}
