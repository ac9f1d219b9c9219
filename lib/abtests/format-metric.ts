import type { MetricUnit } from "./metrics.ts";

/** A metric's value for people, with its unit: "2.1%", "412 ms", "$0.00042", "128", "0.834". */
export function formatValue(value: number, unit: MetricUnit): string {
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  switch (unit) {
    case "share":
      return `${sign}${decimals(100 * size)}%`;
    case "ms":
      return size >= 10_000 ? `${sign}${decimals(size / 1000)} s` : `${sign}${decimals(size)} ms`;
    case "usd":
      return `${sign}$${size >= 1 ? size.toFixed(2) : significant(size)}`;
    case "tokens":
    case "points":
      return `${sign}${decimals(size)}`;
  }
}

/** A difference, signed; shares in percentage points ("+1.2 pp"). */
export function formatDifference(value: number, unit: MetricUnit): string {
  const size = formatSize(Math.abs(value), unit);
  return value === 0 ? size : `${value < 0 ? "−" : "+"}${size}`;
}

/** The size of a difference, without a sign. */
export function formatSize(size: number, unit: MetricUnit): string {
  return unit === "share" ? `${decimals(100 * size)} pp` : formatValue(size, unit);
}

/** A relative change, signed: "+4.1%". */
export function formatLift(fraction: number): string {
  return `${fraction < 0 ? "−" : "+"}${decimals(100 * Math.abs(fraction))}%`;
}

/** Three significant figures at most, grouped, without an exponent. */
function decimals(size: number): string {
  if (size >= 100) return Math.round(size).toLocaleString("en");
  if (size >= 10) return size.toFixed(1);
  if (size >= 1) return size.toFixed(2);
  return size === 0 ? "0" : size >= 0.001 ? size.toFixed(3) : significant(size);
}

function significant(size: number): string {
  if (size === 0) return "0";
  const places = Math.min(12, Math.max(2, 2 - Math.floor(Math.log10(size))));
  return size.toFixed(places);
}
