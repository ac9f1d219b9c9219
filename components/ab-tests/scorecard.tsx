"use client";

import { useState } from "react";
import { VariantGlyph, VariantMark } from "#components/charts/variant-mark.tsx";
import { variantShape } from "#components/charts/variant-shape.ts";
import { Badge, type BadgeTone } from "#components/ui/badge.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatDifference, formatLift, formatSize, formatValue } from "#lib/abtests/format-metric.ts";

type MetricJson = ReportJson["metrics"][number];
type ComparisonJson = MetricJson["comparisons"][number];
type Scale = "relative" | "absolute";

const groups = [
  { role: "success", title: "Success" },
  { role: "guardrail", title: "Guardrails" },
  { role: "exploratory", title: "Exploratory" },
] as const;

/**
 * Every metric's difference from the control with its anytime-valid interval. In percent the rows of a group share
 * one axis; in the metric's own unit each row has its own, as milliseconds and dollars cannot share one.
 */
export function Scorecard({ report }: { report: ReportJson }) {
  const [scale, setScale] = useState<Scale>("relative");
  const isTrusted = report.health.level !== "block";
  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3 text-xs text-muted">
        <p className="max-w-prose">
          Difference from A. Thin line: interval valid at every look; thick: right only for a single look at
          the end. Shaded: too small to matter. Dashed: a guardrail’s margin.
        </p>
        <div className="w-40" data-print="hide">
          <Select
            aria-label="Scale"
            options={[
              { value: "relative", label: "In percent of A" },
              { value: "absolute", label: "In its own unit" },
            ]}
            value={scale}
            onValueChange={setScale}
          />
        </div>
      </div>
      <div className={isTrusted ? undefined : "opacity-50"}>
        {groups.map(({ role, title }) => {
          const metrics = report.metrics.filter((metric) => metric.role === role);
          return metrics.length === 0 ? null : (
            <Group key={role} title={title} metrics={metrics} scale={scale} report={report} />
          );
        })}
      </div>
    </div>
  );
}

type GroupProps = { title: string; metrics: MetricJson[]; scale: Scale; report: ReportJson };

function Group({ title, metrics, scale, report }: GroupProps) {
  const rows = metrics.flatMap((metric) =>
    metric.comparisons.map((comparison) => ({
      metric,
      comparison,
      drawn: drawnOf(metric, comparison, scale),
    })),
  );
  const shared = scale === "relative" ? reach(rows.map((row) => row.drawn)) : null;
  return (
    <section className="mb-6">
      <h3 className="border-b border-border pb-1 text-xs font-medium text-muted">{title}</h3>
      <ul>
        {rows.map(({ metric, comparison, drawn }) => (
          <Row
            key={`${metric.id}/${comparison.variantKey}`}
            metric={metric}
            comparison={comparison}
            drawn={drawn}
            limit={shared ?? reach([drawn])}
            report={report}
          />
        ))}
      </ul>
      {shared !== null && <Axis limit={shared} />}
    </section>
  );
}

type Drawn = {
  estimate: number;
  lower: number;
  upper: number;
  inner: { lower: number; upper: number } | null;
  mde: number;
  margin: number | null;
  text: (value: number) => string;
} | null;

type RowProps = {
  metric: MetricJson;
  comparison: ComparisonJson;
  drawn: Drawn;
  limit: number;
  report: ReportJson;
};

function Row({ metric, comparison, drawn, limit, report }: RowProps) {
  const index = report.test.variants.findIndex((variant) => variant.key === comparison.variantKey);
  const control = metric.arms[0];
  const arm = metric.arms.find((each) => each.variantKey === comparison.variantKey);
  const { tone, word } = states[comparison.state];
  const estimate = comparison.estimate;
  return (
    <li className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 border-b border-border py-2 md:grid-cols-[minmax(13rem,1.1fr)_minmax(12rem,1.6fr)_minmax(11rem,auto)]">
      <div className="min-w-0">
        <p className="font-medium break-words">
          {metric.label}
          <span className="ml-1.5 text-xs font-normal text-muted">
            {metric.isHigherBetter ? "higher is better" : "lower is better"}
          </span>
        </p>
        <p className="flex flex-wrap items-center gap-x-2 text-xs tabular-nums">
          <VariantMark index={0} /> {valueText(metric, control)}
          <span className="text-muted" aria-hidden="true">
            →
          </span>
          <VariantMark index={index} /> {valueText(metric, arm)}
          {arm && <span className="text-muted">n = {formatCount(arm.units)} units</span>}
        </p>
      </div>
      <div className="order-last col-span-2 h-9 md:order-none md:col-span-1">
        {drawn ? (
          <Whisker drawn={drawn} limit={limit} index={index} isHigherBetter={metric.isHigherBetter} />
        ) : (
          <p className="flex h-full items-center text-xs text-muted">{reasonText(comparison)}</p>
        )}
      </div>
      <div className="text-right text-sm tabular-nums">
        {drawn && (
          <p className="font-semibold whitespace-nowrap">
            {drawn.text(drawn.estimate)}
            <span className="block text-xs font-normal text-muted">
              {drawn.text(drawn.lower)} to {drawn.text(drawn.upper)}
            </span>
          </p>
        )}
        <Badge tone={tone} title={estimate ? evidenceText(estimate) : undefined}>
          {estimate?.isHarm ? "worse, harm" : word}
        </Badge>
        {estimate?.method === "small_counts" && (
          <span className="block text-xs text-muted">by units with any; few events</span>
        )}
        {metric.role === "guardrail" && metric.scale?.margin && (
          <span className="block text-xs text-muted">
            margin {formatSize(metric.scale.margin, metric.unit)}
          </span>
        )}
      </div>
    </li>
  );
}

type WhiskerProps = { drawn: NonNullable<Drawn>; limit: number; index: number; isHigherBetter: boolean };

function Whisker({ drawn, limit, index, isHigherBetter }: WhiskerProps) {
  const x = (value: number) => `${50 + 50 * Math.max(-1, Math.min(1, value / limit))}%`;
  const width = (from: number, to: number) =>
    `${50 * (Math.min(1, to / limit) - Math.max(-1, from / limit))}%`;
  const color = variantShape(index).lineColor;
  const margin = drawn.margin === null ? null : isHigherBetter ? -drawn.margin : drawn.margin;
  return (
    <svg width="100%" height="36" className="block overflow-visible" aria-hidden="true">
      <rect x={x(-drawn.mde)} width={width(-drawn.mde, drawn.mde)} y={4} height={28} fill="var(--hover)" />
      <line x1="50%" x2="50%" y1={0} y2={36} stroke="var(--border-strong)" />
      {margin !== null && Math.abs(margin) <= limit && (
        <line x1={x(margin)} x2={x(margin)} y1={0} y2={36} stroke="var(--ink)" strokeDasharray="2 3" />
      )}
      {drawn.inner && (
        <line
          x1={x(drawn.inner.lower)}
          x2={x(drawn.inner.upper)}
          y1={18}
          y2={18}
          stroke={color}
          strokeOpacity={0.35}
          strokeWidth={7}
        />
      )}
      <line x1={x(drawn.lower)} x2={x(drawn.upper)} y1={18} y2={18} stroke={color} strokeWidth={2} />
      {drawn.lower >= -limit && (
        <line x1={x(drawn.lower)} x2={x(drawn.lower)} y1={12} y2={24} stroke={color} strokeWidth={2} />
      )}
      {drawn.upper <= limit && (
        <line x1={x(drawn.upper)} x2={x(drawn.upper)} y1={12} y2={24} stroke={color} strokeWidth={2} />
      )}
      <svg x={x(drawn.estimate)} y={18} overflow="visible" aria-hidden="true">
        <VariantGlyph index={index} radius={5} />
      </svg>
    </svg>
  );
}

function Axis({ limit }: { limit: number }) {
  return (
    <div className="grid grid-cols-1 gap-x-4 text-xs text-muted tabular-nums md:grid-cols-[minmax(13rem,1.1fr)_minmax(12rem,1.6fr)_minmax(11rem,auto)]">
      <span className="max-md:hidden" />
      <span className="flex justify-between pt-1" aria-hidden="true">
        <span>{formatLift(-limit)}</span>
        <span>A</span>
        <span>{formatLift(limit)}</span>
      </span>
      <span className="max-md:hidden" />
    </div>
  );
}

function drawnOf(metric: MetricJson, { estimate }: ComparisonJson, scale: Scale): Drawn {
  if (!estimate || !metric.scale) return null;
  const { mde, margin } = metric.scale;
  const base = metric.arms[0]?.value ?? null;
  if (scale === "absolute" || !estimate.relative || !base) {
    if (scale === "relative") return null;
    return {
      estimate: estimate.difference,
      lower: estimate.lower,
      upper: estimate.upper,
      inner: estimate.fixedHorizon,
      mde,
      margin,
      text: (value) => formatDifference(value, metric.unit),
    };
  }
  const size = Math.abs(base);
  return {
    estimate: estimate.relative.estimate,
    lower: estimate.relative.lower,
    upper: estimate.relative.upper,
    inner: estimate.fixedHorizon && {
      lower: estimate.fixedHorizon.lower / size,
      upper: estimate.fixedHorizon.upper / size,
    },
    mde: mde / size,
    margin: margin === null ? null : margin / size,
    text: formatLift,
  };
}

/** The axis reaches as far as the intervals, but no further than three times the usual one. */
function reach(drawn: readonly Drawn[]): number {
  const reaches = drawn
    .flatMap((each) => (each ? [Math.max(Math.abs(each.lower), Math.abs(each.upper), each.margin ?? 0)] : []))
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b);
  if (reaches.length === 0) return 1;
  const middle = reaches[Math.floor((reaches.length - 1) / 2)]!;
  return 1.1 * Math.min(reaches.at(-1)!, 3 * middle) || 1;
}

const states: Record<ComparisonJson["state"], { tone: BadgeTone; word: string }> = {
  better: { tone: "better", word: "better" },
  worse: { tone: "worse", word: "worse" },
  non_inferior: { tone: "better", word: "not worse" },
  equivalent: { tone: "neutral", word: "equivalent" },
  unresolved: { tone: "unresolved", word: "open" },
  not_estimable: { tone: "outline", word: "no interval" },
};

function valueText(metric: MetricJson, arm: MetricJson["arms"][number] | undefined): string {
  return arm && arm.value !== null ? formatValue(arm.value, metric.unit) : "—";
}

function reasonText({ reason, estimate }: ComparisonJson): string {
  if (estimate) return "A is too near zero for a percentage; see its own unit.";
  switch (reason) {
    case "too_few_units":
    case "no_units":
      return "Too few units have it yet (100 per variant).";
    case "no_scale_yet":
      return "No baseline yet for a relative effect.";
    case "no_variation":
      return "The same for every unit so far.";
    case "quantile_on_atom":
      return "Many values are identical here: no interval for a quantile.";
    default:
      return "Cannot be estimated yet.";
  }
}

function evidenceText(estimate: NonNullable<ComparisonJson["estimate"]>): string {
  const level = `${Number((100 * (1 - estimate.alpha)).toFixed(2))}% interval, valid at every look`;
  if (estimate.logEValue === null || estimate.p === null) return level;
  const odds = Math.exp(Math.min(estimate.logEValue, 30));
  return `${level}; evidence ${odds >= 100 ? formatCount(odds) : odds.toFixed(2)} to 1 against no difference, anytime p ${estimate.p.toPrecision(2)}`;
}
