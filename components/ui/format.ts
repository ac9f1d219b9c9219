/** How numbers, times and money are written everywhere. Pure; English; no locale surprises between server and browser. */

/** `1204` → "1,204"; `1234567` → "1,234,567". */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** `1_234_567` → "1.2M"; for axes and narrow places only. */
export function formatCompact(count: number): string {
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 }).format(count);
}

/** Milliseconds → "412 ms", "3.40 s", "2 min 5 s", "1 h 12 min". */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return "0 ms";
  if (durationMs < 1) return `${durationMs.toFixed(2)} ms`;
  if (durationMs < 1000) return `${durationMs.toFixed(durationMs < 10 ? 1 : 0)} ms`;
  const seconds = durationMs / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** US dollars to the cent from a dollar up, to two significant digits below: "$12.40", "$0.0031", "$0.0000084". */
export function formatUsd(costUsd: number): string {
  const size = Math.abs(costUsd);
  if (size === 0) return "$0";
  const sign = costUsd < 0 ? "−" : "";
  if (size >= 1)
    return `${sign}$${size.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  const digits = Math.min(12, Math.max(2, 1 - Math.floor(Math.log10(size))));
  return `${sign}$${size.toFixed(digits)}`;
}

/** A share between 0 and 1 → "12.5%". */
export function formatShare(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}%`;
}

/** A number with enough digits to be read and no more: "0.042", "3.14", "128". */
export function formatNumber(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 100) return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

/** A signed difference: "+0.042", "−3.1". */
export function formatDifference(value: number, format: (value: number) => string = formatNumber): string {
  if (value === 0) return format(0);
  return `${value > 0 ? "+" : "−"}${format(Math.abs(value))}`;
}

/** Bytes → "812 B", "4.2 kB", "1.3 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = -1;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
}

/** `now` and `at` in milliseconds → "just now", "4 min ago", "in 2 days", "12 Mar 2026". */
export function relativeTime(at: number, now: number): string {
  const ahead = at > now;
  const seconds = Math.abs(now - at) / 1000;
  if (seconds < 45) return "just now";
  const said = roundedSpan(seconds);
  if (said === null) {
    return new Date(at).toLocaleDateString("en-GB", {
      day: "numeric",
      month: "short",
      year: "numeric",
      timeZone: "UTC",
    });
  }
  return ahead ? `in ${said}` : `${said} ago`;
}

function roundedSpan(seconds: number): string | null {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(seconds / 3600);
  if (hours < 24) return `${hours} h`;
  const days = Math.round(seconds / 86_400);
  if (days < 30) return days === 1 ? "1 day" : `${days} days`;
  return null;
}

/** "2026-03-12 14:05:31.204 UTC". */
export function exactTime(at: Date): string {
  return at.toISOString().replace("T", " ").replace("Z", " UTC");
}

/** "1 trace", "1,204 traces"; the plural is given when it is not `noun` + "s". */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
