import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";

type SparklineProps = {
  /** Says what it shows and its last value, for screen readers: "Traces per hour, last 24 hours, now 120". */
  label: string;
  /** Evenly spaced; null leaves a gap. */
  values: readonly (number | null)[];
  width?: number;
  height?: number;
  className?: string;
};

/** The course of one number in the size of a word. From zero up, so that heights compare. */
export function Sparkline({ label, values, width = 96, height = 20, className }: SparklineProps) {
  const top = Math.max(...values.map((value) => value ?? 0), 0) || 1;
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [1, width - 1]);
  const y = scaleLinear([0, top], [height - 1, 2]);
  const isKnown = (value: number | null): value is number => value !== null;
  const stroke = line<number | null>(
    (_, index) => x(index),
    (value) => y(value ?? 0),
  ).defined(isKnown);
  const fill = area<number | null>(
    (_, index) => x(index),
    height - 1,
    (value) => y(value ?? 0),
  ).defined(isKnown);

  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      width={width}
      height={height}
      className={className}
    >
      <path d={fill(values.slice()) ?? ""} fill="var(--accent-soft)" />
      <path
        d={stroke(values.slice()) ?? ""}
        fill="none"
        stroke="var(--accent)"
        strokeWidth={1.25}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
