"use client";

import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { XyPlot, type XySeries } from "#components/charts/xy-plot.tsx";
import { exactTime, formatCount } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { useUrlState } from "#components/ui/use-url-state.ts";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatDifference, formatSize } from "#lib/abtests/format-metric.ts";

type MetricJson = ReportJson["metrics"][number];
type Point = { at: number; units: number; difference: number; lower: number; upper: number; state: string };

/** How the interval narrowed, where it first left zero, and the phases it went through; the units below. */
export function OverTime({ report }: { report: ReportJson }) {
  const { metrics, test } = report;
  const [id, setId] = useUrlState(
    "metric",
    metrics[0]?.id ?? "",
    metrics.map((metric) => metric.id),
  );
  const [by, setBy] = useUrlState("over", "look", ["look", "cohort"] as const);
  const metric = metrics.find((each) => each.id === id);
  if (!metric) return <p className="text-sm text-muted">The test has no metrics.</p>;
  const indexOf = (key: string) => test.variants.findIndex((variant) => variant.key === key);
  const series = metric.comparisons.map(({ variantKey }) => ({
    variantKey,
    points: historyOf(report, metric, variantKey),
  }));
  const format = (value: number) => formatDifference(value, metric.unit);
  const cohorts = report.cohorts.filter((each) => each.id === metric.id && each.points.length > 1);
  const controls = (
    <>
      {cohorts.length > 0 && (
        <Select
          aria-label="By"
          className="h-7 w-44"
          options={[
            { value: "look", label: "as it was known", hint: "each look, all units so far" },
            { value: "cohort", label: "by day of entry", hint: "an effect that fades was novelty" },
          ]}
          value={by}
          onValueChange={setBy}
        />
      )}
      <Select
        aria-label="Metric"
        className="h-7 w-44"
        options={metrics.map((each) => ({ value: each.id, label: each.label }))}
        value={metric.id}
        onValueChange={setId}
      />
    </>
  );
  const shade = metric.scale
    ? {
        from: -metric.scale.mde,
        to: metric.scale.mde,
        label: `less than ${formatSize(metric.scale.mde, metric.unit)}: too small to matter`,
      }
    : undefined;

  if (by === "cohort" && cohorts.length > 0) {
    const lines = cohorts.map(
      (cohort): XySeries => ({
        id: cohort.variantKey,
        label: cohort.variantKey,
        variantIndex: indexOf(cohort.variantKey),
        points: cohort.points.map((point) => ({
          x: Date.parse(`${point.day}T00:00:00Z`),
          y: point.difference,
          low: point.lower,
          high: point.upper,
        })),
      }),
    );
    return (
      <ChartFrame
        title={`${metric.label}: difference from A by day of first exposure`}
        note="Each day’s newcomers by themselves. Exploratory: the test is decided on all units together."
        controls={controls}
        table={<CohortTable cohorts={cohorts} metric={metric} />}
      >
        <XyPlot
          label={`${metric.label}, difference from A by day of first exposure`}
          xKind="time"
          yLabel={`difference, ${unitWord(metric)}`}
          formatX={dayText}
          formatY={format}
          series={lines}
          isDotted
          hasZeroLine
          shade={shade}
        />
      </ChartFrame>
    );
  }

  const isEmpty = series.every(({ points }) => points.length === 0);
  if (isEmpty)
    return (
      <ChartFrame
        title={metric.label}
        controls={controls}
        table={<p className="text-sm text-muted">Nothing yet.</p>}
      >
        <p className="py-6 text-sm text-muted">
          The line begins when the metric can first be estimated; a point is kept every hour.
        </p>
      </ChartFrame>
    );
  const times = series.flatMap(({ points }) => points.map((point) => point.at));
  const to = Math.max(...times);
  const from = Math.min(Date.parse(test.startedAt ?? report.generatedAt), ...times);
  const marks = [
    ...test.phases
      .slice(1)
      .map((phase) => ({ x: Date.parse(phase.startedAt), label: `phase ${phase.number}` })),
    ...series.flatMap(({ variantKey, points }) => {
      const first = points.find((point) => point.lower > 0 || point.upper < 0);
      return first && points.length > 1 ? [{ x: first.at, label: `${variantKey} first leaves zero` }] : [];
    }),
  ].filter((mark) => mark.x >= from && mark.x <= to);
  return (
    <div className="flex flex-col gap-4">
      <ChartFrame
        title={`${metric.label}: difference from A, and its interval at each look`}
        controls={controls}
        note="The band holds for all looks together, so the first time that it leaves zero counts."
        table={<HistoryTable series={series} metric={metric} />}
      >
        <XyPlot
          label={`${metric.label}, difference from A over time`}
          xKind="time"
          xFrom={from}
          yLabel={`difference, ${unitWord(metric)}`}
          formatX={timeText(from, to)}
          formatY={format}
          series={series.map(({ variantKey, points }) => ({
            id: variantKey,
            label: variantKey,
            variantIndex: indexOf(variantKey),
            points: points.map((point) => ({
              x: point.at,
              y: point.difference,
              low: point.lower,
              high: point.upper,
            })),
          }))}
          hasZeroLine
          shade={shade}
          marks={marks}
        />
      </ChartFrame>
      {report.history.split.length > 1 && <Exposures report={report} />}
    </div>
  );
}

function Exposures({ report }: { report: ReportJson }) {
  const { split } = report.history;
  const keys = report.test.variants.map((variant) => variant.key);
  const times = split.map((point) => Date.parse(point.at));
  return (
    <ChartFrame
      title="Units so far"
      table={
        <Table label="Units so far">
          <thead>
            <tr>
              <Th>Time (UTC)</Th>
              {keys.map((key) => (
                <Th key={key} isNumeric>
                  {key}
                </Th>
              ))}
              <Th isNumeric>odds against the split</Th>
            </tr>
          </thead>
          <tbody>
            {split.toReversed().map((point) => (
              <tr key={point.at}>
                <Td>{exactTime(new Date(point.at)).slice(0, 16)}</Td>
                {keys.map((key) => (
                  <Td key={key} isNumeric>
                    {formatCount(point.units[key] ?? 0)}
                  </Td>
                ))}
                <Td isNumeric>
                  {point.logBayesFactor === null
                    ? "beyond doubt"
                    : Math.exp(Math.min(30, point.logBayesFactor)).toPrecision(2)}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      }
    >
      <XyPlot
        label="Units so far"
        xKind="time"
        yLabel="units"
        formatX={timeText(times[0]!, times.at(-1)!)}
        formatY={formatCount}
        height={120}
        hasZeroLine
        series={keys.map((key, index) => ({
          id: key,
          label: key,
          variantIndex: index,
          points: split.map((point) => ({ x: Date.parse(point.at), y: point.units[key] ?? 0 })),
        }))}
      />
    </ChartFrame>
  );
}

/** What the snapshots kept, and the report itself as the newest point. */
function historyOf(report: ReportJson, metric: MetricJson, variantKey: string): Point[] {
  const kept = report.history.metrics.find((each) => each.id === metric.id && each.variantKey === variantKey);
  const points = (kept?.points ?? []).map((point) => ({ ...point, at: Date.parse(point.at) }));
  const comparison = metric.comparisons.find((each) => each.variantKey === variantKey);
  const now = Date.parse(report.test.stoppedAt ?? report.generatedAt);
  if (!comparison?.estimate || (points.at(-1)?.at ?? 0) >= now) return points;
  const { difference, lower, upper } = comparison.estimate;
  const units = report.variants.reduce((sum, variant) => sum + variant.units, 0);
  return [...points, { at: now, units, difference, lower, upper, state: comparison.state }];
}

type HistoryTableProps = { series: { variantKey: string; points: Point[] }[]; metric: MetricJson };

function HistoryTable({ series, metric }: HistoryTableProps) {
  return (
    <Table label={`${metric.label} over time`}>
      <thead>
        <tr>
          <Th>Time (UTC)</Th>
          <Th>Variant</Th>
          <Th isNumeric>Units</Th>
          <Th isNumeric>Difference</Th>
          <Th isNumeric>Interval</Th>
          <Th>State</Th>
        </tr>
      </thead>
      <tbody>
        {series.flatMap(({ variantKey, points }) =>
          points.toReversed().map((point) => (
            <tr key={`${variantKey}${point.at}`}>
              <Td>{exactTime(new Date(point.at)).slice(0, 16)}</Td>
              <Td>{variantKey}</Td>
              <Td isNumeric>{formatCount(point.units)}</Td>
              <Td isNumeric>{formatDifference(point.difference, metric.unit)}</Td>
              <Td isNumeric>
                {formatDifference(point.lower, metric.unit)} to {formatDifference(point.upper, metric.unit)}
              </Td>
              <Td>{point.state.replace("_", " ")}</Td>
            </tr>
          )),
        )}
      </tbody>
    </Table>
  );
}

function CohortTable({ cohorts, metric }: { cohorts: ReportJson["cohorts"]; metric: MetricJson }) {
  return (
    <Table label={`${metric.label} by day of first exposure`}>
      <thead>
        <tr>
          <Th>Day (UTC)</Th>
          <Th>Variant</Th>
          <Th isNumeric>Units</Th>
          <Th isNumeric>Difference</Th>
          <Th isNumeric>Interval</Th>
        </tr>
      </thead>
      <tbody>
        {cohorts.flatMap(({ variantKey, points }) =>
          points.map((point) => (
            <tr key={`${variantKey}${point.day}`}>
              <Td>{point.day}</Td>
              <Td>{variantKey}</Td>
              <Td isNumeric>{formatCount(point.units)}</Td>
              <Td isNumeric>
                {point.difference === null ? "–" : formatDifference(point.difference, metric.unit)}
              </Td>
              <Td isNumeric>
                {point.lower === null || point.upper === null
                  ? "–"
                  : `${formatDifference(point.lower, metric.unit)} to ${formatDifference(point.upper, metric.unit)}`}
              </Td>
            </tr>
          )),
        )}
      </tbody>
    </Table>
  );
}

export function unitWord({ unit }: { unit: MetricJson["unit"] }): string {
  return { share: "percentage points", ms: "ms", usd: "US dollars", tokens: "tokens", points: "points" }[
    unit
  ];
}

function dayText(at: number): string {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

/** Seconds within ten minutes, minutes within two days, days beyond. */
function timeText(from: number, to: number): (at: number) => string {
  if (to - from >= 2 * 86_400_000) return dayText;
  const length = to - from < 600_000 ? 19 : 16;
  return (at) => new Date(at).toISOString().slice(11, length);
}
