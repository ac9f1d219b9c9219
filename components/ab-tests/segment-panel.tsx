"use client";

import { IntervalPlot } from "#components/charts/interval-plot.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Select } from "#components/ui/select.tsx";
import { useUrlState } from "#components/ui/use-url-state.ts";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatDifference } from "#lib/abtests/format-metric.ts";
import { unitWord } from "./over-time.tsx";

/** One metric cut by one property of the units, as a forest plot. Exploratory: found, not planned. */
export function SegmentPanel({ report }: { report: ReportJson }) {
  const { segments, test, progress } = report;
  const [dimension, setDimension] = useUrlState(
    "segment",
    segments[0]?.dimension ?? "",
    segments.map((each) => each.dimension),
  );
  const cut = segments.find((each) => each.dimension === dimension);
  const metricIds = cut?.metrics.map((metric) => metric.id) ?? [];
  const [id, setId] = useUrlState("segmentMetric", metricIds[0] ?? "", metricIds);
  const metric = cut?.metrics.find((each) => each.id === id);
  if (!cut || !metric)
    return (
      <p className="max-w-prose text-sm text-muted">
        Nothing to cut by yet. Units are cut by what was known at their first exposure: the environment and
        release of their first trace, and attributes that come with an assignment.
      </p>
    );
  const isSeveral = test.variants.length > 2;
  const levelOf = (name: string) => cut.levels.find((level) => level.level === name);
  const rows = metric.effects.map((effect) => {
    const level = levelOf(effect.level);
    const units = Object.values(level?.units ?? {}).reduce((sum, count) => sum + count, 0);
    const sign = metric.isHigherBetter ? 1 : -1;
    const tone =
      effect.lower === null || effect.upper === null
        ? undefined
        : effect.lower > 0 || effect.upper < 0
          ? sign * (effect.difference ?? 0) > 0
            ? ("better" as const)
            : ("worse" as const)
          : undefined;
    return {
      id: `${effect.variantKey}/${effect.level}`,
      label: `${level?.isOther ? "all others" : effect.level}${isSeveral ? ` · ${effect.variantKey}` : ""}`,
      estimate: effect.difference,
      low: effect.lower,
      high: effect.upper,
      n: units,
      tone,
      note: (
        <>
          {effect.isDiscovery && <Badge tone="accent">stands out</Badge>}
          {effect.difference === null && (effect.reason ?? "").replaceAll("_", " ")}
          {level && level.splitLevel !== "ok" && <Badge tone="harm">split is off</Badge>}
        </>
      ),
    };
  });
  return (
    <div className="relative">
      <p
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-1/4 -rotate-12 text-lg font-semibold tracking-widest text-border uppercase select-none"
      >
        exploratory
      </p>
      <div className="mb-2 flex flex-wrap items-center gap-2" data-print="hide">
        <Select
          aria-label="Cut by"
          className="h-7 w-44"
          options={segments.map((each) => ({ value: each.dimension, label: `by ${each.dimension}` }))}
          value={dimension}
          onValueChange={setDimension}
        />
        <Select
          aria-label="Metric of the segments"
          className="h-7 w-44"
          options={cut.metrics.map((each) => ({ value: each.id, label: each.label }))}
          value={metric.id}
          onValueChange={setId}
        />
      </div>
      <IntervalPlot
        title={`Exploratory: ${metric.label}, difference from A by ${cut.dimension}, anytime-valid interval of each level alone. Levels under ${progress.minimumUnits} units per variant have no interval.`}
        unit={unitWord(metric)}
        rows={rows}
        format={(value) => formatDifference(value, metric.unit)}
        sides={
          metric.isHigherBetter
            ? { negative: "worse", positive: "better" }
            : { negative: "better", positive: "worse" }
        }
      />
      <ul className="mt-2 text-xs text-muted">
        {metric.interactions.map(({ variantKey, statistic, degreesOfFreedom, p }) => (
          <li key={variantKey}>
            Does the effect of {variantKey} differ between the levels? Q = {statistic.toFixed(1)} on{" "}
            {degreesOfFreedom} degrees of freedom, p = {p < 0.001 ? "< 0.001" : p.toFixed(3)} (right only if
            looked at once).
          </li>
        ))}
        <li>“Stands out”: picked by e-BH at a false-discovery rate of 10% over all levels.</li>
      </ul>
    </div>
  );
}
