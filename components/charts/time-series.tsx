"use client";

import { scaleLinear, scaleUtc } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import { type PointerEvent, useRef, useState } from "react";
import { exactTime } from "../ui/format.ts";
import { cellText, type Series } from "./series.ts";
import { TimeSeriesTable } from "./time-series-table.tsx";
import { useWidth } from "./use-width.ts";
import { VariantGlyph } from "./variant-mark.tsx";
import { variantShape } from "./variant-shape.ts";

type TimeSeriesProps = {
  /** What it shows: "Latency, 95th percentile". */
  title: string;
  unit: string;
  /** Milliseconds since 1970, ascending. */
  times: readonly number[];
  series: readonly Series[];
  /** With the unit. */
  format: (value: number) => string;
  height?: number;
  isFromZero?: boolean;
  /** A level to compare with, drawn dashed. */
  threshold?: { value: number; label: string };
  /** Called with the bounds in milliseconds when a span of time is dragged over. */
  onZoom?: (fromMs: number, toMs: number) => void;
};

/** Numbers over time: bands before lines, names at the line's end, a table at the press of T. */
export function TimeSeries(props: TimeSeriesProps) {
  const { title, unit, times, series, format, height = 180, isFromZero = true, threshold, onZoom } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 640);
  const [pointed, setPointed] = useState<number | null>(null);
  const [dragFrom, setDragFrom] = useState<number | null>(null);
  const [isTable, setTable] = useState(false);

  const labelWidth = series.length > 1 ? Math.min(120, width * 0.25) : 8;
  const right = width - labelWidth;
  const x = scaleUtc([times[0] ?? 0, times.at(-1) ?? 1], [LEFT, right]);
  const y = scaleLinear(boundsOf(series, isFromZero, threshold?.value), [height - BOTTOM, TOP]).nice(4);
  const at = (index: number) => x(times[index] ?? 0);
  const labelYs = series.length > 1 ? spreadLabels(series, y) : new Map<string, number>();

  function nearest(event: PointerEvent<SVGSVGElement>): number | null {
    if (times.length === 0) return null;
    const time = x.invert(event.clientX - event.currentTarget.getBoundingClientRect().left).getTime();
    let best = 0;
    for (let index = 1; index < times.length; index++) {
      if (Math.abs(times[index]! - time) < Math.abs(times[best]! - time)) best = index;
    }
    return best;
  }

  function endDrag(event: PointerEvent<SVGSVGElement>) {
    const to = nearest(event);
    if (onZoom && dragFrom !== null && to !== null && to !== dragFrom) {
      onZoom(times[Math.min(dragFrom, to)]!, times[Math.max(dragFrom, to)]!);
    }
    setDragFrom(null);
  }

  return (
    <figure className="min-w-0">
      <figcaption className="flex items-center justify-between gap-3 text-xs text-muted">
        <span>
          <span className="font-medium text-text">{title}</span> ({unit})
        </span>
        <button
          type="button"
          aria-pressed={isTable}
          className="rounded-sm px-1 hover:text-text"
          onClick={() => setTable(!isTable)}
          data-print="hide"
        >
          {isTable ? "Plot" : "Table"}
        </button>
      </figcaption>
      <div ref={box} className="relative">
        {isTable ? (
          <TimeSeriesTable title={title} times={times} series={series} format={format} height={height} />
        ) : (
          <svg
            role="img"
            aria-label={`${title} (${unit}). Press T for the table.`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: T turns the plot into its table
            tabIndex={0}
            width={width}
            height={height}
            className={`block max-w-full text-xs tabular-nums select-none ${onZoom ? "cursor-crosshair touch-pan-y" : ""}`}
            onKeyDown={(event) => event.key === "t" && setTable(true)}
            onPointerMove={(event) => setPointed(nearest(event))}
            onPointerLeave={() => setPointed(null)}
            onPointerDown={(event) => onZoom && setDragFrom(nearest(event))}
            onPointerUp={endDrag}
          >
            {y.ticks(4).map((tick) => (
              <g key={tick}>
                <line x1={LEFT} x2={right} y1={y(tick)} y2={y(tick)} className="stroke-border" />
                <text x={LEFT - 6} y={y(tick) + 4} textAnchor="end" className="fill-muted">
                  {format(tick)}
                </text>
              </g>
            ))}
            {x.ticks(Math.max(2, Math.floor(width / 130))).map((tick) => (
              <text
                key={tick.getTime()}
                x={x(tick)}
                y={height - 4}
                textAnchor="middle"
                className="fill-muted"
              >
                {x.tickFormat()(tick)}
              </text>
            ))}
            {threshold && (
              <g>
                <line
                  x1={LEFT}
                  x2={right}
                  y1={y(threshold.value)}
                  y2={y(threshold.value)}
                  stroke="var(--ink)"
                  strokeDasharray="2 3"
                />
                <text x={LEFT + 4} y={y(threshold.value) - 4} className="fill-text">
                  {threshold.label}
                </text>
              </g>
            )}
            {series.map((each) => (
              <SeriesBand key={each.id} series={each} at={at} y={y} />
            ))}
            {series.map((each) => (
              <SeriesLine key={each.id} series={each} at={at} y={y} labelY={labelYs.get(each.id)} />
            ))}
            {dragFrom !== null && pointed !== null && (
              <rect
                x={Math.min(at(dragFrom), at(pointed))}
                width={Math.abs(at(dragFrom) - at(pointed))}
                y={TOP}
                height={height - BOTTOM - TOP}
                fill="var(--accent)"
                fillOpacity={0.15}
              />
            )}
            {pointed !== null && (
              <line
                x1={at(pointed)}
                x2={at(pointed)}
                y1={TOP}
                y2={height - BOTTOM}
                className="stroke-border-strong"
              />
            )}
          </svg>
        )}
        {pointed !== null && !isTable && (
          <div
            className="pointer-events-none absolute top-1 z-10 rounded-md border border-border bg-surface px-2 py-1 text-xs shadow-lift"
            style={at(pointed) < width / 2 ? { left: at(pointed) + 10 } : { right: width - at(pointed) + 10 }}
          >
            <div className="text-muted">{exactTime(new Date(times[pointed] ?? 0))}</div>
            {series.map((each) => (
              <div key={each.id} className="flex justify-between gap-4 tabular-nums">
                <span>{each.label}</span>
                <span className="font-medium">{cellText(each.values[pointed], format)}</span>
              </div>
            ))}
          </div>
        )}
      </div>
    </figure>
  );
}

type Drawn = { series: Series; at: (index: number) => number; y: (value: number) => number };

function SeriesBand({ series, at, y }: Drawn) {
  const { low, high } = series;
  if (!low || !high) return null;
  const band = area<number | null>()
    .defined((_, index) => low[index] != null && high[index] != null)
    .x((_, index) => at(index))
    .y0((_, index) => y(low[index] ?? 0))
    .y1((_, index) => y(high[index] ?? 0))
    .curve(curveMonotoneX);
  return <path d={band(series.values.slice()) ?? ""} fill={colorOf(series)} fillOpacity={0.16} />;
}

function SeriesLine({ series, at, y, labelY }: Drawn & { labelY: number | undefined }) {
  const { values } = series;
  const stroke = line<number | null>()
    .defined((value) => value !== null)
    .x((_, index) => at(index))
    .y((value) => y(value ?? 0))
    .curve(curveMonotoneX);
  const last = values.findLastIndex((value) => value !== null);
  const end = values[last];
  return (
    <g>
      <path d={stroke(values.slice()) ?? ""} fill="none" stroke={colorOf(series)} strokeWidth={1.75} />
      {end != null && (
        <g transform={`translate(${at(last)} ${y(end)})`}>
          {series.variantIndex === undefined ? (
            <circle r={2.5} fill={colorOf(series)} />
          ) : (
            <VariantGlyph index={series.variantIndex} radius={4} />
          )}
          {labelY !== undefined && (
            <text x={9} y={labelY - y(end) + 4} className="fill-text">
              {series.label}
            </text>
          )}
        </g>
      )}
    </g>
  );
}

/** Heights of the names at the lines' ends, in the order of the ends, none nearer than a line of text to the next. */
function spreadLabels(series: readonly Series[], y: (value: number) => number): Map<string, number> {
  const ends = series.flatMap((each) => {
    const end = each.values.findLast((value) => value !== null);
    return end == null ? [] : [{ id: each.id, y: y(end) }];
  });
  ends.sort((a, b) => a.y - b.y);
  let free = Number.NEGATIVE_INFINITY;
  return new Map(
    ends.map((end) => {
      const height = Math.max(end.y, free);
      free = height + 14;
      return [end.id, height];
    }),
  );
}

function colorOf(series: Series): string {
  return series.variantIndex === undefined ? "var(--accent)" : variantShape(series.variantIndex).lineColor;
}

function boundsOf(series: readonly Series[], isFromZero: boolean, threshold?: number): [number, number] {
  const values = series.flatMap((each) => [...each.values, ...(each.low ?? []), ...(each.high ?? [])]);
  if (threshold !== undefined) values.push(threshold);
  if (isFromZero) values.push(0);
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (known.length === 0) return [0, 1];
  const low = known.reduce((least, value) => Math.min(least, value));
  const high = known.reduce((most, value) => Math.max(most, value));
  return low === high ? [low, low + (Math.abs(low) || 1)] : [low, high];
}

const LEFT = 56;
const TOP = 10;
const BOTTOM = 22;
