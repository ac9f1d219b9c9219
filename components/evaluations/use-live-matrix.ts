import { useEffect, useState } from "react";
import type { Matrix } from "#lib/evaluations/schema.ts";

const shortestWaitMs = 1000;

/**
 * The matrix, read again about every second until the evaluation has ended; a matrix that takes long to compute is
 * read more seldom (a quarter of the time at most). `reads` counts the readings.
 */
export function useLiveMatrix(
  initial: Matrix,
  baselineId: string,
  read: (baselineId: string) => Promise<Matrix | null>,
): { matrix: Matrix; reads: number; readNow: () => Promise<void> } {
  const [{ matrix, reads }, setState] = useState({ matrix: initial, reads: 0 });
  const { status } = matrix.evaluation;
  const isOver = status !== "queued" && status !== "running";

  const take = (next: Matrix | null) => {
    if (next) setState((before) => ({ matrix: next, reads: before.reads + 1 }));
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `read` is made anew by each render of its owner
  useEffect(() => {
    // A page opened on what is over has all there is; one that saw it end may lack the last answers being stored.
    if (isOver && reads === 0) return;
    let isStopped = false;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const startedMs = performance.now();
      const next = await read(baselineId).catch(() => null);
      if (isStopped) return;
      take(next);
      if (!isOver) timer = setTimeout(look, Math.max(shortestWaitMs, 3 * (performance.now() - startedMs)));
    };
    timer = setTimeout(look, isOver ? 2 * shortestWaitMs : shortestWaitMs);
    return () => {
      isStopped = true;
      clearTimeout(timer);
    };
  }, [isOver, baselineId]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another baseline needs another reading at once
  useEffect(() => {
    if (matrix.baselineId !== baselineId)
      void read(baselineId)
        .catch(() => null)
        .then(take);
  }, [baselineId]);

  return { matrix, reads, readNow: async () => take(await read(baselineId).catch(() => null)) };
}
