/** A stretch of time: relative to now (shared links stay relative), exact, or everything. */
export type TimeRange =
  | { type: "last"; text: string; durationMs: number }
  | { type: "exact"; fromMs: number; toMs: number }
  | { type: "all" };

export const timeRangePresets = [
  { value: "15m", label: "Last 15 minutes" },
  { value: "1h", label: "Last hour" },
  { value: "6h", label: "Last 6 hours" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
  { value: "all", label: "All time" },
] as const;

export const defaultTimeRange: TimeRange = { type: "last", text: "24h", durationMs: 86_400_000 };

/** Reads `range` ("25m", "last 2 hours", "all") or `from` and `to` (ISO 8601); null when they say nothing readable. */
export function parseTimeRange(params: { range?: string; from?: string; to?: string }): TimeRange | null {
  if (params.from) {
    const fromMs = Date.parse(params.from);
    const toMs = params.to ? Date.parse(params.to) : Number.NaN;
    if (Number.isNaN(fromMs) || Number.isNaN(toMs) || toMs <= fromMs) return null;
    return { type: "exact", fromMs, toMs };
  }
  const text = params.range?.trim().toLowerCase() ?? "";
  if (text === "all" || text === "all time") return { type: "all" };
  const match = /^(?:last\s+)?(\d+(?:\.\d+)?)?\s*([a-z]+)$/.exec(text);
  const unit = match && unitOf(match[2]!);
  if (!match || !unit || (!match[1] && !text.startsWith("last "))) return null;
  const count = Number(match[1] ?? 1);
  const durationMs = count * unit.ms;
  return durationMs > 0 ? { type: "last", text: `${count}${unit.letter}`, durationMs } : null;
}

/** The URL's parameters of a range; none for the default. */
export function timeRangeParams(range: TimeRange): Record<string, string> {
  if (range.type === "all") return { range: "all" };
  if (range.type === "exact") {
    return { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
  }
  return range.durationMs === 86_400_000 ? {} : { range: range.text };
}

/** The bounds in milliseconds since 1970; null where it is open. */
export function timeBounds(range: TimeRange, nowMs: number): { fromMs: number | null; toMs: number | null } {
  if (range.type === "all") return { fromMs: null, toMs: null };
  if (range.type === "exact") return { fromMs: range.fromMs, toMs: range.toMs };
  return { fromMs: nowMs - range.durationMs, toMs: null };
}

/** "Last 24 hours", "23 Nov 14:00 – 15:30 UTC". */
export function timeRangeLabel(range: TimeRange): string {
  if (range.type === "all") return "All time";
  if (range.type === "last") {
    const preset = timeRangePresets.find((each) => each.value === range.text);
    return preset?.label ?? `Last ${range.text}`;
  }
  const [from, to] = [minuteText(range.fromMs), minuteText(range.toMs)];
  return `${from.day} ${from.clock} – ${from.day === to.day ? "" : `${to.day} `}${to.clock} UTC`;
}

function minuteText(ms: number): { day: string; clock: string } {
  const at = new Date(ms);
  return {
    day: at.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }),
    clock: at.toISOString().slice(11, 16),
  };
}

function unitOf(word: string): { letter: string; ms: number } | null {
  if (/^(s|secs?|seconds?)$/.test(word)) return { letter: "s", ms: 1000 };
  if (/^(m|mins?|minutes?)$/.test(word)) return { letter: "m", ms: 60_000 };
  if (/^(h|hrs?|hours?)$/.test(word)) return { letter: "h", ms: 3_600_000 };
  if (/^(d|days?)$/.test(word)) return { letter: "d", ms: 86_400_000 };
  if (/^(w|weeks?)$/.test(word)) return { letter: "w", ms: 604_800_000 };
  return null;
}
