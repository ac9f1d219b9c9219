"use client";

import { scaleLinear, scaleLog, scaleUtc } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";
import { type PointerEvent, useRef, useState } from "react";
import { useWidth } from "./use-width.ts";
import { VariantGlyph } from "./variant-mark.tsx";
import { variantShape } from "./variant-shape.ts";

export type XyPoint = { x: number; y: number | null; low?: number | null; high?: number | null };

export type XySeries = {
  id: string;
  label: string;
  variantIndex?: number;
  /** Ascending in x. */
  points: readonly XyPoint[];
};

type XyPlotProps = {
  /** Says what it shows, for screen readers. */
  label: string;
  /** time: milliseconds since 1970, in UTC. log: above 0. */
  xKind: "time" | "linear" | "log";
  /** Of the axes, with units: "ms", "share of traces". */
  xLabel?: string;
  yLabel: string;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
  series: readonly XySeries[];
  height?: number;
  /** Where the x axis begins, if not at the first point. */
  xFrom?: number;
  /** Draws points with whiskers instead of a line with a band. */
  isDotted?: boolean;
  isStep?: boolean;
  hasZeroLine?: boolean;
  /** A shaded stretch of y: too small to matter. */
  shade?: { from: number; to: number; label: string };
  /** A dashed level of y. */
  rule?: { value: number; label: string };
  /** Vertical lines with their words at the top. */
  marks?: readonly { x: number; label: string }[];
};

const top = 26;
const bottom = 34;

/** Curves with their uncertainty on two numeric axes; names stand at the curves' ends. Bands lie under the lines. */
export function XyPlot(props: XyPlotProps) {
  const { label, xKind, xLabel, yLabel, formatX, formatY, series, height = 220, isDotted, isStep } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 640);
  const [pointed, setPointed] = useState<number | null>(null);
  const xs = [...new Set(series.flatMap((each) => each.points.map((point) => point.x)))].sort(
    (a, b) => a - b,
  );
  const y = scaleLinear(yBounds(props), [height - bottom, top]).nice(4);
  const yTicks = y.ticks(4);
  const left = 14 + 6.2 * Math.max(3, ...yTicks.map((tick) => formatY(tick).length));
  const right = width - (series.some((each) => each.variantIndex !== undefined) ? 28 : 12);
  const x = xScale(xKind, [Math.min(props.xFrom ?? Number.POSITIVE_INFINITY, ...xs), ...xs], left, right);
  const at = (value: number) => x(value) as number;
  const inverted = (pixel: number) => Number(x.invert(pixel));

  function nearest(event: PointerEvent<SVGSVGElement>): number | null {
    const bounds = event.currentTarget.getBoundingClientRect();
    const wanted = inverted(((event.clientX - bounds.left) * width) / bounds.width);
    return xs.reduce<number | null>(
      (best, each) => (best === null || Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best),
      null,
    );
  }

  return (
    <div ref={box} className="relative">
      <svg
        role="img"
        aria-label={`${label}. Press T for the table.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: T turns the plot into its table
        tabIndex={0}
        viewBox={`0 0 ${width} ${height}`}
        className="block h-auto w-full text-xs tabular-nums select-none"
        onPointerMove={(event) => setPointed(nearest(event))}
        onPointerLeave={() => setPointed(null)}
      >
        {props.shade && (
          <g>
            <rect
              x={left}
              width={Math.max(0, right - left)}
              y={y(props.shade.to)}
              height={Math.max(0, y(props.shade.from) - y(props.shade.to))}
              fill="var(--hover)"
            />
            <text x={left + 4} y={y(props.shade.to) + 12} className="fill-muted">
              {props.shade.label}
            </text>
          </g>
        )}
        {yTicks.map((tick) => (
          <g key={tick}>
            <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} className="stroke-border" />
            <text x={left - 6} y={y(tick) + 4} textAnchor="end" className="fill-muted">
              {formatY(tick)}
            </text>
          </g>
        ))}
        <text x={2} y={11} className="fill-muted">
          {yLabel}
        </text>
        {props.hasZeroLine && (
          <line
            x1={left}
            x2={right}
            y1={y(0)}
            y2={y(0)}
            className="stroke-border-strong"
            strokeWidth={1.25}
          />
        )}
        {props.rule && (
          <g>
            <line
              x1={left}
              x2={right}
              y1={y(props.rule.value)}
              y2={y(props.rule.value)}
              stroke="var(--ink)"
              strokeDasharray="2 3"
            />
            <text x={right - 4} y={y(props.rule.value) - 4} textAnchor="end" className="fill-text">
              {props.rule.label}
            </text>
          </g>
        )}
        {xTicks(xKind, x, width).map((tick) => (
          <text key={tick} x={at(tick)} y={height - bottom + 15} textAnchor="middle" className="fill-muted">
            {formatX(tick)}
          </text>
        ))}
        {xLabel && (
          <text x={(left + right) / 2} y={height - 4} textAnchor="middle" className="fill-muted">
            {xLabel}
          </text>
        )}
        {series.map((each) => (
          <Band key={each.id} series={each} at={at} y={y} isDotted={isDotted} isStep={isStep} />
        ))}
        {series.map((each) => (
          <Curve key={each.id} series={each} at={at} y={y} isDotted={isDotted} isStep={isStep} />
        ))}
        {props.marks?.map((mark, index) => {
          const isLate = at(mark.x) > (left + right) / 2;
          return (
            <g key={`${mark.label}${mark.x}`}>
              <line
                x1={at(mark.x)}
                x2={at(mark.x)}
                y1={top}
                y2={height - bottom}
                stroke="var(--ink)"
                strokeDasharray="4 3"
              />
              <text
                x={at(mark.x) + (isLate ? -4 : 4)}
                y={top + 10 + 13 * (index % 3)}
                textAnchor={isLate ? "end" : "start"}
                className="fill-text"
                paintOrder="stroke"
                stroke="var(--bg)"
                strokeWidth={3}
              >
                {mark.label}
              </text>
            </g>
          );
        })}
        {pointed !== null && (
          <line
            x1={at(pointed)}
            x2={at(pointed)}
            y1={top}
            y2={height - bottom}
            className="stroke-border-strong"
          />
        )}
      </svg>
      {pointed !== null && (
        <div
          className="pointer-events-none absolute top-4 z-10 rounded-md border border-border bg-surface px-2 py-1 text-xs shadow-lift"
          style={at(pointed) < width / 2 ? { left: at(pointed) + 10 } : { right: width - at(pointed) + 10 }}
        >
          <div className="text-muted">{formatX(pointed)}</div>
          {series.map((each) => (
            <div key={each.id} className="flex justify-between gap-4 tabular-nums">
              <span>{each.label}</span>
              <span className="font-medium">{pointText(each, pointed, formatY)}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

type DrawnProps = {
  series: XySeries;
  at: (value: number) => number;
  y: (value: number) => number;
  isDotted?: boolean;
  isStep?: boolean;
};

function Band({ series, at, y, isDotted, isStep }: DrawnProps) {
  const color = colorOf(series);
  if (isDotted)
    return series.points.map((point) =>
      point.low == null || point.high == null ? null : (
        <line
          key={point.x}
          x1={at(point.x)}
          x2={at(point.x)}
          y1={y(point.low)}
          y2={y(point.high)}
          stroke={color}
          strokeWidth={1.5}
        />
      ),
    );
  const hasBand = series.points.some((point) => point.low != null && point.high != null);
  if (!hasBand) return null;
  const shape = area<XyPoint>()
    .defined((point) => point.low != null && point.high != null)
    .x((point) => at(point.x))
    .y0((point) => y(point.low ?? 0))
    .y1((point) => y(point.high ?? 0));
  if (isStep) shape.curve(curveStepAfter);
  return (
    <path
      d={shape([...series.points]) ?? ""}
      fill={color}
      fillOpacity={0.16}
      stroke={color}
      strokeOpacity={0.5}
      strokeWidth={0.75}
    />
  );
}

function Curve({ series, at, y, isDotted, isStep }: DrawnProps) {
  const color = colorOf(series);
  const known = series.points.filter((point) => point.y !== null);
  const end = known.at(-1);
  const shape = line<XyPoint>()
    .defined((point) => point.y !== null)
    .x((point) => at(point.x))
    .y((point) => y(point.y ?? 0));
  if (isStep) shape.curve(curveStepAfter);
  const marked = isDotted ? known : end ? [end] : [];
  return (
    <g>
      {!isDotted && (
        <path d={shape([...series.points]) ?? ""} fill="none" stroke={color} strokeWidth={1.75} />
      )}
      {marked.map((point) => (
        <g key={point.x} transform={`translate(${at(point.x)} ${y(point.y!)})`}>
          {series.variantIndex === undefined ? (
            <circle r={3} fill={color} />
          ) : (
            <VariantGlyph index={series.variantIndex} radius={isDotted ? 3.5 : 4} />
          )}
        </g>
      ))}
      {end && series.variantIndex !== undefined && (
        <text x={at(end.x) + 9} y={y(end.y!) + 4} className="fill-text font-semibold">
          {variantShape(series.variantIndex).letter}
        </text>
      )}
    </g>
  );
}

function colorOf(series: XySeries): string {
  return series.variantIndex === undefined ? "var(--accent)" : variantShape(series.variantIndex).lineColor;
}

function pointText(series: XySeries, x: number, format: (value: number) => string): string {
  const point = series.points.findLast((each) => each.x <= x);
  if (!point || point.y === null) return "–";
  const interval =
    point.low == null || point.high == null ? "" : ` (${format(point.low)} to ${format(point.high)})`;
  return `${format(point.y)}${interval}`;
}

function xScale(kind: XyPlotProps["xKind"], xs: readonly number[], left: number, right: number) {
  const [from = 0, to = 1] = [xs[0], xs.at(-1)];
  if (kind === "log") return scaleLog([from || 1e-9, Math.max(to, from * 1.01)], [left, right]);
  const ends: [number, number] = from === to ? [from - 1, to + 1] : [from, to];
  return kind === "time" ? scaleUtc(ends, [left, right]) : scaleLinear(ends, [left, right]);
}

function xTicks(kind: XyPlotProps["xKind"], x: ReturnType<typeof xScale>, width: number): number[] {
  const count = Math.max(2, Math.floor(width / 120));
  const ticks = x.ticks(count).map(Number);
  if (kind !== "log") return ticks;
  // Nine ticks a decade are too many to write: powers of ten, with 2 and 5 where there is room.
  const leading = (tick: number) => Number((tick / 10 ** Math.floor(Math.log10(tick) + 1e-9)).toPrecision(3));
  const wanted = ticks.filter((tick) => [1, 2, 5].includes(leading(tick)));
  return wanted.length > count + 2 ? wanted.filter((tick) => leading(tick) === 1) : wanted;
}

/** From what is drawn, without letting one wide early interval flatten the rest. */
function yBounds({ series, hasZeroLine, shade, rule }: XyPlotProps): [number, number] {
  const centers = series.flatMap((each) =>
    each.points.flatMap((point) => (point.y === null ? [] : [point.y])),
  );
  const ends = series
    .flatMap((each) => each.points.flatMap((point) => [point.low, point.high]))
    .filter((value): value is number => value != null && Number.isFinite(value));
  const extra = [
    ...(hasZeroLine ? [0] : []),
    ...(shade ? [shade.from, shade.to] : []),
    ...(rule ? [rule.value] : []),
  ];
  const values = [...centers, ...ends, ...extra];
  if (values.length === 0) return [0, 1];
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  return low === high ? [low - 1, high + 1] : [low, high];
}
