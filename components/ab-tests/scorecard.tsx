"use client";

import { VariantGlyph, VariantMark } from "#components/charts/variant-mark.tsx";
import { variantShape } from "#components/charts/variant-shape.ts";
import { Badge, type BadgeTone } from "#components/ui/badge.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { formatCount, formatShare } from "#components/ui/format.ts";
import { useUrlState } from "#components/ui/use-url-state.ts";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatDifference, formatSize, formatValue } from "#lib/abtests/format-metric.ts";
import type { PerUnitView } from "#lib/abtests/per-unit-views.ts";
import { type Drawn, drawnOf, reach, type ScorecardView, scorecardViews } from "./scorecard-scale.ts";

type MetricJson = ReportJson["metrics"][number];
type ComparisonJson = MetricJson["comparisons"][number];

const groups = [
  { role: "success", title: "Success", why: "at least one must be better" },
  { role: "guardrail", title: "Guardrails", why: "each must be shown to be not worse than its margin" },
  { role: "exploratory", title: "Cost, performance and others", why: "shown, never decisive" },
] as const;

type ScorecardProps = { report: ReportJson; perUnit: readonly PerUnitView[] };

/**
 * Every metric's difference from the control with its anytime-valid interval, in one of four views that the address
 * remembers. In percent the rows of a group share one axis; otherwise each has its own, as milliseconds and dollars
 * cannot share one.
 */
export function Scorecard({ report, perUnit }: ScorecardProps) {
  const [view, setView] = useUrlState<ScorecardView>(
    "scale",
    "relative",
    scorecardViews.map((each) => each.value),
  );
  const [bayes, setBayes] = useUrlState("bayes", "no", ["no", "yes"] as const);
  const isTrusted = report.health.level !== "block";
  const current = scorecardViews.find((each) => each.value === view)!;
  return (
    <div>
      <div className="mb-3 flex flex-wrap items-start justify-between gap-3 text-xs text-muted">
        <p className="max-w-prose">
          Difference from A, {current.means}. Line: interval valid at every look; broad: right only for a
          single look at the end. Shaded: too small to matter. Dashed: a guardrail’s margin.
          {view === "monthly" &&
            ` Projected from ${formatCount(tracesPerDay(report))} traces a day, the test’s own.`}
        </p>
        <div className="flex flex-wrap items-center gap-3" data-print="hide">
          <fieldset className="inline-flex rounded-md border border-border">
            <legend className="sr-only">Differences shown</legend>
            {scorecardViews.map((each) => (
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
          <button
            type="button"
            aria-pressed={bayes === "yes"}
            onClick={() => setBayes(bayes === "yes" ? "no" : "yes")}
            className="rounded-md border border-border px-2 py-1 hover:text-text aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-text"
          >
            Bayesian
          </button>
        </div>
      </div>
      <div className={isTrusted ? undefined : "opacity-45"}>
        {groups.map((group) => {
          const metrics = report.metrics.filter((metric) => metric.role === group.role);
          return metrics.length === 0 ? null : (
            <Group
              key={group.role}
              title={group.title}
              why={group.why}
              metrics={metrics}
              view={view}
              hasBayes={bayes === "yes"}
              report={report}
              perUnit={perUnit}
            />
          );
        })}
      </div>
    </div>
  );
}

type GroupProps = {
  title: string;
  why: string;
  metrics: MetricJson[];
  view: ScorecardView;
  hasBayes: boolean;
} & ScorecardProps;

function Group({ title, why, metrics, view, hasBayes, report, perUnit }: GroupProps) {
  const perDay = tracesPerDay(report);
  const rows = metrics.flatMap((metric) =>
    metric.comparisons.map((comparison) => ({
      metric,
      comparison,
      drawn: drawnOf({ metric, comparison, view, perUnit, tracesPerDay: perDay }),
    })),
  );
  const shared = view === "relative" ? reach(rows.map((row) => row.drawn)) : null;
  return (
    <section className="mb-6">
      <h3 className="border-b border-border pb-1 text-xs font-medium text-muted">
        {title} <span className="font-normal">· {why}</span>
      </h3>
      <ul>
        {rows.map(({ metric, comparison, drawn }) => (
          <Row
            key={`${metric.id}/${comparison.variantKey}`}
            metric={metric}
            comparison={comparison}
            drawn={drawn}
            limit={shared ?? reach([drawn])}
            view={view}
            hasBayes={hasBayes}
            report={report}
            perUnit={perUnit}
          />
        ))}
      </ul>
      {shared !== null && rows.some((row) => row.drawn) && <Axis limit={shared} />}
    </section>
  );
}

type RowProps = {
  metric: MetricJson;
  comparison: ComparisonJson;
  drawn: Drawn | null;
  limit: number;
  view: ScorecardView;
  hasBayes: boolean;
} & ScorecardProps;

const columns = "md:grid-cols-[minmax(13rem,1.1fr)_minmax(12rem,1.6fr)_minmax(11rem,auto)]";

function Row({ metric, comparison, drawn, limit, view, hasBayes, report, perUnit }: RowProps) {
  const index = report.test.variants.findIndex((variant) => variant.key === comparison.variantKey);
  const { tone, word } = states[comparison.state];
  const { estimate } = comparison;
  const own = view === "unit" ? perUnit.find((each) => each.id === metric.id) : undefined;
  const shown = own ?? metric;
  const armOf = (key: string) => shown.arms.find((each) => each.variantKey === key);
  const arm = metric.arms.find((each) => each.variantKey === comparison.variantKey);
  return (
    <li
      className={classNames(
        "grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 border-b border-border py-2 break-inside-avoid",
        columns,
      )}
    >
      <div className="min-w-0">
        <p className="font-medium break-words">
          {shown.label}
          <span className="ml-1.5 text-xs font-normal text-muted">
            {metric.isHigherBetter ? "higher is better" : "lower is better"}
          </span>
        </p>
        <p className="flex flex-wrap items-center gap-x-2 text-xs tabular-nums">
          <VariantMark index={0} /> {valueText(armOf(report.test.variants[0]!.key), shown.unit)}
          <span className="text-muted" aria-hidden="true">
            →
          </span>
          <VariantMark index={index} /> {valueText(armOf(comparison.variantKey), shown.unit)}
          {arm && (
            <span className="text-muted">
              n = {formatCount(arm.units)} units, {formatCount(arm.observations)} traces
            </span>
          )}
        </p>
      </div>
      <div className="order-last col-span-2 h-9 md:order-none md:col-span-1">
        {drawn ? (
          <Whisker drawn={drawn} limit={limit} index={index} isHigherBetter={metric.isHigherBetter} />
        ) : (
          <p className="flex h-full items-center text-xs text-muted">{reasonText(comparison, view, own)}</p>
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
        {metric.isMonitoringOnly && (
          <span className="block text-xs text-muted">watched only: it cannot make a variant ship</span>
        )}
        {metric.role === "guardrail" && metric.scale?.margin && (
          <span className="block text-xs text-muted">
            margin {formatSize(metric.scale.margin, metric.unit)}
          </span>
        )}
      </div>
      {hasBayes && estimate?.bayesian && (
        <p className="order-last col-span-full text-xs text-muted">
          Bayesian, not protected against peeking: chance to be better{" "}
          <span className="text-text">{formatShare(estimate.bayesian.chanceToWin)}</span>; shrunken effect{" "}
          <span className="text-text">{formatDifference(estimate.bayesian.mean, metric.unit)}</span> (
          {formatDifference(estimate.bayesian.lower, metric.unit)} to{" "}
          {formatDifference(estimate.bayesian.upper, metric.unit)}); expected loss of choosing{" "}
          {comparison.variantKey} {formatSize(estimate.bayesian.lossOfTreatment, metric.unit)}, of keeping A{" "}
          {formatSize(estimate.bayesian.lossOfControl, metric.unit)}.
        </p>
      )}
    </li>
  );
}

type WhiskerProps = { drawn: Drawn; limit: number; index: number; isHigherBetter: boolean };

function Whisker({ drawn, limit, index, isHigherBetter }: WhiskerProps) {
  const x = (value: number) => `${50 + 50 * Math.max(-1, Math.min(1, value / limit))}%`;
  const width = (from: number, to: number) =>
    `${Math.max(0, 50 * (Math.min(1, to / limit) - Math.max(-1, from / limit)))}%`;
  const color = variantShape(index).lineColor;
  const margin = drawn.margin === null ? null : isHigherBetter ? -drawn.margin : drawn.margin;
  return (
    <svg width="100%" height="36" className="block overflow-visible" aria-hidden="true">
      {drawn.mde !== null && (
        <rect x={x(-drawn.mde)} width={width(-drawn.mde, drawn.mde)} y={4} height={28} fill="var(--hover)" />
      )}
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
        {Math.abs(drawn.estimate) > limit && (
          <path
            d={drawn.estimate > 0 ? "M9 -4 L15 0 L9 4" : "M-9 -4 L-15 0 L-9 4"}
            fill="none"
            stroke={color}
            strokeWidth={2}
          />
        )}
      </svg>
    </svg>
  );
}

function Axis({ limit }: { limit: number }) {
  const text = (value: number) =>
    `${value < 0 ? "−" : "+"}${Number((100 * Math.abs(value)).toPrecision(2))}%`;
  return (
    <div className={classNames("grid grid-cols-1 gap-x-4 text-xs text-muted tabular-nums", columns)}>
      <span className="max-md:hidden" />
      <span className="flex justify-between pt-1" aria-hidden="true">
        <span>{text(-limit)}</span>
        <span>A</span>
        <span>{text(limit)}</span>
      </span>
      <span className="max-md:hidden" />
    </div>
  );
}

function tracesPerDay({ variants, progress }: ReportJson): number {
  const traces = variants.reduce((sum, variant) => sum + variant.traces, 0);
  return traces / Math.max(progress.days, 1 / 24);
}

const states: Record<ComparisonJson["state"], { tone: BadgeTone; word: string }> = {
  better: { tone: "better", word: "better" },
  worse: { tone: "worse", word: "worse" },
  non_inferior: { tone: "better", word: "not worse" },
  equivalent: { tone: "neutral", word: "equivalent" },
  unresolved: { tone: "unresolved", word: "open" },
  not_estimable: { tone: "outline", word: "no interval" },
};

function valueText(arm: { value: number | null } | undefined, unit: MetricJson["unit"]): string {
  return arm && arm.value !== null ? formatValue(arm.value, unit) : "—";
}

function reasonText(
  { reason, estimate }: ComparisonJson,
  view: ScorecardView,
  own: PerUnitView | undefined,
): string {
  if (view === "monthly") return "Not money.";
  if (view === "unit") return own ? "Cannot be estimated per unit yet." : "Has no total per unit.";
  if (estimate?.method === "small_counts")
    return "Few events: compared as shares of units with any; see its own unit.";
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
