import type { Cell } from "#lib/evaluations/schema.ts";

export type Axis = { low: number; high: number };

/** A cell's mean and interval on its column's common axis; the text beside it says the numbers. */
export function IntervalBar({ cell, axis }: { cell: Cell; axis: Axis }) {
  if (cell.status === "not_estimable") return <svg className="h-3 w-full" aria-hidden="true" />;
  const x = (value: number) => `${((value - axis.low) / (axis.high - axis.low || 1)) * 100}%`;
  const lower = cell.status === "estimated" ? cell.lower : cell.mean;
  const upper = cell.status === "estimated" ? cell.upper : cell.mean;
  return (
    <svg className="h-3 w-full overflow-visible" aria-hidden="true">
      <line x1="0%" x2="100%" y1={6} y2={6} stroke="var(--border)" />
      <line x1={x(lower)} x2={x(upper)} y1={6} y2={6} stroke="var(--muted)" strokeWidth={3} />
      <circle cx={x(cell.mean)} cy={6} r={3.5} fill="var(--ink)" stroke="var(--bg)" strokeWidth={1} />
    </svg>
  );
}

/** The axis all cells of a column share: shares from 0 to 1, all else from 0 to the highest end. */
export function axisOf(isShare: boolean, cells: readonly Cell[]): Axis {
  if (isShare) return { low: 0, high: 1 };
  const ends = cells.map((cell) =>
    cell.status === "estimated" ? cell.upper : cell.status === "mean_only" ? cell.mean : 0,
  );
  return { low: 0, high: Math.max(...ends, 0) || 1 };
}
