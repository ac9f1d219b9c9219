import { formatCount } from "#components/ui/format.ts";
import type { Usage } from "#lib/traces/span.ts";

type Piece = { label: string; count: number; color: string };

/** Where the tokens of a call went: each total split into its subsets, which the totals include. */
export function TokenBar({ usage }: { usage: Usage }) {
  const pieces = tokenPieces(usage);
  const total = pieces.reduce((sum, piece) => sum + piece.count, 0);
  if (total === 0) return null;
  return (
    <div className="flex max-w-md flex-col gap-1.5">
      <div
        role="img"
        aria-label={pieces.map((piece) => `${piece.label} ${formatCount(piece.count)}`).join(", ")}
        className="flex h-2 gap-px overflow-hidden rounded-sm"
      >
        {pieces.map((piece) => (
          <span
            key={piece.label}
            style={{ width: `${(piece.count / total) * 100}%`, background: piece.color }}
            className="min-w-px"
          />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs tabular-nums">
        {pieces.map((piece) => (
          <li key={piece.label} className="flex items-center gap-1.5">
            <span className="size-2 rounded-sm" style={{ background: piece.color }} aria-hidden="true" />
            <span className="text-muted">{piece.label}</span>
            {formatCount(piece.count)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The pieces that are not empty, in the order input, cached, output, reasoning; they add up to the known totals. */
export function tokenPieces(usage: Usage): Piece[] {
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteInputTokens ?? 0;
  const reasoning = usage.reasoningOutputTokens ?? 0;
  const accent = (share: number) => `color-mix(in srgb, var(--accent) ${share}%, var(--bg))`;
  const ink = (share: number) => `color-mix(in srgb, var(--border-strong) ${share}%, var(--bg))`;
  return [
    { label: "Input", count: Math.max(0, (usage.inputTokens ?? 0) - cached - written), color: ink(100) },
    { label: "Cached input", count: cached, color: ink(45) },
    { label: "Written to cache", count: written, color: ink(70) },
    { label: "Output", count: Math.max(0, (usage.outputTokens ?? 0) - reasoning), color: accent(100) },
    { label: "Reasoning", count: reasoning, color: accent(50) },
  ].filter((piece) => piece.count > 0);
}
