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
import type { Examples, ExampleTrace } from "#lib/abtests/find-examples.ts";
import { formatDifference, formatValue } from "#lib/abtests/format-metric.ts";
import type { ActionResult } from "#lib/http/action.ts";

type Plain<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
export type ExamplesJson = Plain<Examples>;
type TraceJson = Plain<ExampleTrace>;

type ExampleTracesProps = {
  examples: ExamplesJson;
  variantKeys: readonly string[];
  tracesHref: string;
  datasets: readonly string[];
  /** Null for those who may not write datasets. */
  onAdd: ((input: { traceIds: string[]; dataset: string }) => Promise<ActionResult<AddedTraces>>) | null;
};

const views = [
  { value: "pairs", label: "Same question, furthest apart" },
  { value: "worst", label: "Worst of each" },
  { value: "sample", label: "A sample" },
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
  const trace = (each: TraceJson) => (
    <TraceCard
      key={each.traceId}
      trace={each}
      index={variantKeys.indexOf(each.variantKey)}
      href={`${props.tracesHref}/${each.traceId}`}
      valueText={
        each.value === null
          ? null
          : `${examples.measure.label} ${formatValue(each.value, examples.measure.unit)}`
      }
      isChosen={chosen.has(each.traceId)}
      onToggle={onAdd ? () => toggle(each.traceId) : null}
    />
  );
  if (examples.looked === 0)
    return <p className="text-sm text-muted">Answers appear here with the first traces that name a unit.</p>;
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
        (examples.pairs.length === 0 ? (
          <p className="max-w-prose text-sm text-muted">
            Among the newest {examples.looked.toLocaleString("en")} traces no question was asked of two
            variants with different results in {examples.measure.label}.
          </p>
        ) : (
          <ol className="flex flex-col gap-5">
            {examples.pairs.map((pair) => (
              <li key={pair.control.traceId + pair.treatment.traceId} className="break-inside-avoid">
                <div className="mb-1 flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
                  <p className="max-w-prose font-medium break-words whitespace-pre-line">{pair.question}</p>
                  <Badge tone={pair.gap > 0 === examples.measure.isHigherBetter ? "better" : "worse"}>
                    {examples.measure.label} {formatDifference(pair.gap, examples.measure.unit)}
                  </Badge>
                </div>
                <div className="grid gap-3 md:grid-cols-2">
                  {trace(pair.control)}
                  {trace(pair.treatment)}
                </div>
              </li>
            ))}
          </ol>
        ))}
      {view !== "pairs" && (
        <div className="grid gap-4 md:grid-cols-2">
          {examples[view].map((group) => (
            <div key={group.variantKey} className="flex flex-col gap-3">
              {group.traces.length === 0 ? (
                <p className="text-sm text-muted">None of {group.variantKey}.</p>
              ) : (
                group.traces.map((each) => trace(each))
              )}
            </div>
          ))}
        </div>
      )}
      <p className="mt-2 text-xs text-muted">
        From the newest {examples.looked.toLocaleString("en")} traces. They illustrate; the numbers above
        decide.
      </p>
    </div>
  );
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
          trace, <RelativeTime value={trace.at} />
        </Link>
      </p>
      <p className="line-clamp-6 break-words whitespace-pre-wrap print:line-clamp-none">
        {trace.output ?? <span className="text-muted">no answer</span>}
      </p>
    </article>
  );
}
