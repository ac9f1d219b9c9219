import { scaleLinear } from "d3-scale";
import type { ReactNode } from "react";
import { formatCount } from "../ui/format.ts";
import { VariantGlyph, VariantMark } from "./variant-mark.tsx";
import { variantShape } from "./variant-shape.ts";

export type IntervalRow = {
  id: string;
  label: string;
  /** Draws the row in this variant's shape and color; 0 is A. */
  variantIndex?: number;
  /** Null where it cannot be estimated; `note` then says why. */
  estimate: number | null;
  /** ±Infinity draws an open end. */
  low: number | null;
  high: number | null;
  n?: number;
  note?: ReactNode;
  tone?: "better" | "worse" | "unresolved" | "harm";
};

type IntervalPlotProps = {
  /** What is estimated, with what interval: "Difference in helpfulness from A, 95% confidence interval". */
  title: string;
  /** Of the axis: "ms", "points", "%". */
  unit: string;
  rows: readonly IntervalRow[];
  /** How an estimate is written; include the unit. */
  format: (value: number) => string;
  /** How a tick is written; `format` when left out. */
  formatTick?: (value: number) => string;
  /** The difference that matters, drawn dashed: "margin −2 points". */
  margin?: { value: number; label: string };
  /** What lies at each side of zero: { negative: "faster", positive: "slower" }. */
  sides?: { negative: string; positive: string };
  hasZeroLine?: boolean;
};

/**
 * Estimates with their intervals on one common axis. It is a table, and the plot is one of its columns, so the
 * numbers are always beside the picture, for eyes, screen readers and paper alike. Positions are percentages: it
 * needs no measuring and no script.
 */
export function IntervalPlot(props: IntervalPlotProps) {
  const { title, unit, rows, format, margin, sides, hasZeroLine = true } = props;
  const formatTick = props.formatTick ?? format;
  const scale = axisOf(rows, hasZeroLine, margin?.value);
  const x = (value: number) => `${scale(value)}%`;

  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 text-xs text-muted">{title}</figcaption>
      <table className="w-full table-fixed border-separate border-spacing-0 text-sm tabular-nums">
        <colgroup>
          <col className="w-[28%] sm:w-48" />
          <col />
          <col className="w-[7.5rem] sm:w-40" />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Plot</th>
            <th scope="col">Estimate ({unit}) and interval</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th
                scope="row"
                className="border-t border-border py-1.5 pr-3 text-left align-middle font-normal"
              >
                {row.variantIndex === undefined ? (
                  <span className="font-medium break-words">{row.label}</span>
                ) : (
                  <VariantMark index={row.variantIndex} name={row.label} className="max-w-full" />
                )}
                {row.n !== undefined && (
                  <span className="block text-xs text-muted">n = {formatCount(row.n)}</span>
                )}
              </th>
              <td className="relative h-12 border-t border-border p-0">
                <svg className="absolute inset-0 size-full overflow-visible" aria-hidden="true">
                  {hasZeroLine && <Rule at={x(0)} kind="zero" />}
                  {margin && <Rule at={x(margin.value)} kind="margin" />}
                  <Whisker row={row} x={x} domain={scale.domain() as [number, number]} />
                </svg>
              </td>
              <td className="border-t border-border py-1.5 pl-3 text-right align-middle">
                {row.estimate === null ? (
                  <span className="text-xs text-muted">{row.note ?? "not estimated"}</span>
                ) : (
                  <>
                    <span className={row.tone ? `font-semibold ${toneText[row.tone]}` : "font-semibold"}>
                      {format(row.estimate)}
                    </span>
                    <span className="block text-xs text-muted">{intervalText(row, format)}</span>
                    {row.note && <span className="block text-xs text-muted">{row.note}</span>}
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot aria-hidden="true">
          <tr>
            <td className="border-t border-border-strong pt-1 align-top text-xs text-muted">{unit}</td>
            <td className="border-t border-border-strong p-0">
              <svg
                aria-hidden="true"
                width="100%"
                height={margin ? 34 : 18}
                className="block overflow-visible text-xs"
              >
                {scale.ticks(5).map((tick) => (
                  <g key={tick}>
                    <line x1={x(tick)} x2={x(tick)} y1={0} y2={4} className="stroke-border-strong" />
                    <text x={x(tick)} y={15} textAnchor="middle" className="fill-muted">
                      {formatTick(tick)}
                    </text>
                  </g>
                ))}
                {margin && (
                  <text x={x(margin.value)} y={31} textAnchor="middle" className="fill-text">
                    {margin.label}
                  </text>
                )}
              </svg>
              {sides && (
                <div className="flex justify-between gap-3 text-xs text-muted">
                  <span>← {sides.negative}</span>
                  <span className="text-right">{sides.positive} →</span>
                </div>
              )}
            </td>
            <td className="border-t border-border-strong" />
          </tr>
        </tfoot>
      </table>
    </figure>
  );
}

type WhiskerProps = { row: IntervalRow; x: (value: number) => string; domain: [number, number] };

function Whisker({ row, x, domain }: WhiskerProps) {
  const { low, high, estimate } = row;
  if (estimate === null) return null;
  const from = low === null ? estimate : Math.max(low, domain[0]);
  const to = high === null ? estimate : Math.min(high, domain[1]);
  const color = row.variantIndex === undefined ? "var(--ink)" : variantShape(row.variantIndex).lineColor;
  return (
    <svg y="50%" width="100%" overflow="visible" stroke={color} strokeWidth={2} aria-hidden="true">
      <line x1={x(from)} x2={x(to)} y1={0} y2={0} />
      {low !== null && low >= domain[0] && <line x1={x(low)} x2={x(low)} y1={-5} y2={5} />}
      {high !== null && high <= domain[1] && <line x1={x(high)} x2={x(high)} y1={-5} y2={5} />}
      <svg x={x(estimate)} overflow="visible" aria-hidden="true">
        {row.variantIndex === undefined ? (
          <circle r={4} fill="var(--ink)" stroke="var(--bg)" strokeWidth={1.5} />
        ) : (
          <VariantGlyph index={row.variantIndex} radius={5} />
        )}
      </svg>
    </svg>
  );
}

function Rule({ at, kind }: { at: string; kind: "zero" | "margin" }) {
  return (
    <line
      x1={at}
      x2={at}
      y1={0}
      y2="100%"
      stroke={kind === "zero" ? "var(--border-strong)" : "var(--ink)"}
      strokeDasharray={kind === "margin" ? "2 3" : undefined}
      strokeWidth={1}
    />
  );
}

function axisOf(rows: readonly IntervalRow[], hasZeroLine: boolean, margin: number | undefined) {
  const values = rows.flatMap((row) => [row.estimate, row.low, row.high]);
  if (hasZeroLine) values.push(0);
  if (margin !== undefined) values.push(margin);
  const finite = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  const low = finite.length > 0 ? Math.min(...finite) : 0;
  const high = finite.length > 0 ? Math.max(...finite) : 1;
  const pad = (high - low || Math.abs(high) || 1) * 0.08;
  return scaleLinear([low - pad, high + pad], [0, 100]);
}

function intervalText(row: IntervalRow, format: (value: number) => string): string {
  if (row.low === null || row.high === null) return "no interval";
  const low = Number.isFinite(row.low) ? format(row.low) : "−∞";
  const high = Number.isFinite(row.high) ? format(row.high) : "∞";
  return `${low} to ${high}`;
}

const toneText = {
  better: "text-better",
  worse: "text-worse",
  unresolved: "text-unresolved",
  harm: "text-harm",
};
