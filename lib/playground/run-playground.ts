import type { CellAnswer } from "./answer.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { type Emit, runCell } from "./run-cell.ts";
import { announceRun } from "./running.ts";
import { type StoredCells, saveCells } from "./store/setups.ts";

/**
 * Runs all cells of a run at once, as far as the connections' slots allow, and tells everything through `emit`, which
 * may hold a call back by resolving late. The signal's abort, or `stopRun`, ends the calls. Where the answers are is
 * kept for the person's next visit. Resolves when every cell is over; never rejects.
 */
export async function runPlayground(run: PreparedRun, emit: Emit, signal: AbortSignal): Promise<void> {
  const stops = new Map(run.cells.map((cell) => [cell.key, new AbortController()]));
  const forget = announceRun(run.runId, {
    projectId: run.ctx.projectId,
    stop: (key) => {
      const found = key === null ? [...stops.values()] : [stops.get(key)];
      for (const each of found) each?.abort(new Error("Stopped."));
      return found[0] !== undefined;
    },
  });
  const stored: StoredCells = {};
  try {
    await emit({ type: "run", runId: run.runId, cells: run.cells.map((cell) => cell.key) });
    await Promise.all(
      run.cells.map(async (cell) => {
        const stop = stops.get(cell.key)!;
        const answer = await runCell(run, cell, emit, AbortSignal.any([signal, stop.signal]));
        stops.delete(cell.key);
        if (answer.traceId) stored[cell.key] = placeOf(answer);
        await emit({ type: "answer", cell: cell.key, answer });
      }),
    );
  } finally {
    forget();
    await saveCells(run.ctx, stored, { isWhole: run.isWhole }).catch((error) =>
      console.error("playground: where the answers are was not kept:", error),
    );
  }
  await emit({ type: "end" });
}

function placeOf({ traceId, mark }: CellAnswer): StoredCells[string] {
  return { traceId: traceId!, mark };
}
