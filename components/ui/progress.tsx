"use client";

import { Progress as BaseProgress } from "@base-ui/react/progress";
import { formatCount } from "./format.ts";

type ProgressProps = {
  label: string;
  /** How many are done, of how many; `total` 0 means not known yet. */
  done: number;
  total: number;
  /** Of those done, how many failed; drawn and said. */
  failed?: number;
};

/** How far a piece of work is: "1,204 of 3,120 · 3 failed". */
export function Progress({ label, done, total, failed = 0 }: ProgressProps) {
  return (
    <BaseProgress.Root value={total === 0 ? null : done} max={total || 1} className="flex flex-col gap-1">
      <div className="flex justify-between gap-4 text-xs">
        <BaseProgress.Label className="text-muted">{label}</BaseProgress.Label>
        <span className="tabular-nums">
          {formatCount(done)} of {formatCount(total)}
          {failed > 0 && <span className="text-harm"> · {formatCount(failed)} failed</span>}
        </span>
      </div>
      <BaseProgress.Track className="relative h-1 overflow-hidden rounded-full bg-hover">
        <BaseProgress.Indicator className="bg-accent transition-[width] duration-140 data-indeterminate:w-full data-indeterminate:animate-pulse" />
        {failed > 0 && (
          <span
            className="absolute inset-y-0 left-0 bg-harm"
            style={{ width: `${(failed / Math.max(1, total)) * 100}%` }}
          />
        )}
      </BaseProgress.Track>
    </BaseProgress.Root>
  );
}
