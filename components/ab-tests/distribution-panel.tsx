"use client";

import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { XyPlot } from "#components/charts/xy-plot.tsx";
import { formatCount, formatShare } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { useUrlState } from "#components/ui/use-url-state.ts";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatDifference, formatValue } from "#lib/abtests/format-metric.ts";
import { unitWord } from "./over-time.tsx";

type DistributionJson = ReportJson["distributions"][number];

/** Whole distributions instead of one number: the shares, and how each quantile differs. Failures are told apart. */
export function DistributionPanel({ report }: { report: ReportJson }) {
  const { distributions, test } = report;
  const [measure, setMeasure] = useUrlState(
    "distribution",
    distributions[0]?.measure ?? "",
    distributions.map((each) => each.measure),
  );
  const shown = distributions.find((each) => each.measure === measure);
  if (!shown)
    return (
      <p className="text-sm text-muted">
        Nothing with a distribution has been measured yet (latency, cost, tokens).
      </p>
    );
  const indexOf = (key: string) => test.variants.findIndex((variant) => variant.key === key);
  const controls = (
    <Select
      aria-label="Distribution of"
      className="h-7 w-44"
      options={distributions.map((each) => ({ value: each.measure, label: each.label }))}
      value={shown.measure}
      onValueChange={setMeasure}
    />
  );
  const error = report.variants.map(({ variantKey, metrics }) => {
    const rate = metrics.find((metric) => metric.id === "error_rate")?.value;
    return `${variantKey} ${rate == null ? "—" : formatShare(rate)}`;
  });
  const value = (number: number) => formatValue(number, shown.unit);
  const hasDifferences = shown.differences.some((each) => each.points.length > 1);
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-2">
      <ChartFrame
        title={`${shown.label}: share of traces at or below`}
        controls={controls}
        note={`Failed traces, timeouts among them: ${error.join(", ")}.`}
        table={<SharesTable distribution={shown} />}
      >
        <XyPlot
          label={`${shown.label}, cumulative shares`}
          xKind="log"
          xLabel={`${shown.label}, ${unitWord(shown)} (log)`}
          yLabel="share of traces"
          formatX={value}
          formatY={(share) => formatShare(share, 0)}
          isStep
          series={shown.arms
            .filter((arm) => arm.cumulative.length > 0)
            .map((arm) => ({
              id: arm.variantKey,
              label: arm.variantKey,
              variantIndex: indexOf(arm.variantKey),
              points: arm.cumulative
                .filter((point) => point.value > 0)
                .map((point) => ({ x: point.value, y: point.share })),
            }))}
        />
      </ChartFrame>
      {hasDifferences && (
        <ChartFrame
          title={`${shown.label}: difference from A at each quantile`}
          note={`The band holds at all quantiles and all looks at once (${formatShare(1 - (shown.differences[0]?.alpha ?? 0.05), 0)}).`}
          table={<DifferenceTable distribution={shown} />}
        >
          <XyPlot
            label={`${shown.label}, difference from A by quantile`}
            xKind="linear"
            xLabel="quantile"
            yLabel={`difference, ${unitWord(shown)}`}
            formatX={(level) => `p${Math.round(100 * level)}`}
            formatY={(number) => formatDifference(number, shown.unit)}
            hasZeroLine
            series={shown.differences.map((each) => ({
              id: each.variantKey,
              label: each.variantKey,
              variantIndex: indexOf(each.variantKey),
              points: each.points.map((point) => ({
                x: point.level,
                y: point.difference,
                low: point.lower,
                high: point.upper,
              })),
            }))}
          />
        </ChartFrame>
      )}
    </div>
  );
}

function SharesTable({ distribution }: { distribution: DistributionJson }) {
  const { label, unit, arms } = distribution;
  const levels = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];
  return (
    <Table label={`${label}, quantiles`}>
      <thead>
        <tr>
          <Th>Quantile</Th>
          {arms.map((arm) => (
            <Th key={arm.variantKey} isNumeric>
              {arm.variantKey} (n = {formatCount(arm.observations)})
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {levels.map((level) => (
          <tr key={level}>
            <Th scope="row">p{Math.round(100 * level)}</Th>
            {arms.map((arm) => {
              const point = arm.cumulative.find((each) => each.share >= level);
              return (
                <Td key={arm.variantKey} isNumeric>
                  {point ? formatValue(point.value, unit) : "–"}
                </Td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function DifferenceTable({ distribution }: { distribution: DistributionJson }) {
  const { label, unit, differences } = distribution;
  return (
    <Table label={`${label}, difference by quantile`}>
      <thead>
        <tr>
          <Th>Quantile</Th>
          <Th>Variant</Th>
          <Th isNumeric>Difference</Th>
          <Th isNumeric>Band</Th>
        </tr>
      </thead>
      <tbody>
        {differences.flatMap(({ variantKey, points }) =>
          points.map((point) => (
            <tr key={`${variantKey}${point.level}`}>
              <Td>p{Math.round(100 * point.level)}</Td>
              <Td>{variantKey}</Td>
              <Td isNumeric>{formatDifference(point.difference, unit)}</Td>
              <Td isNumeric>
                {point.lower === null || point.upper === null
                  ? "no interval"
                  : `${formatDifference(point.lower, unit)} to ${formatDifference(point.upper, unit)}`}
              </Td>
            </tr>
          )),
        )}
      </tbody>
    </Table>
  );
}
