import { type Context, requireScope } from "#lib/core/context.ts";
import { singleton } from "#lib/core/singleton.ts";

/** A run in this process; `stop` ends one cell's calls, or all of them. */
export type Running = { projectId: string; stop: (cell: string | null) => boolean };
const runs = singleton("playground-runs", () => new Map<string, Running>());

/** Makes the run known for as long as it lasts; the function returned forgets it. */
export function announceRun(runId: string, running: Running): () => void {
  runs.set(runId, running);
  return () => {
    if (runs.get(runId) === running) runs.delete(runId);
  };
}

/**
 * Stops some cells of a run, or all of it: calls to the provider are aborted. Returns how many were stopped; what is
 * over already, or another project's, is none. Needs `deployments:invoke`.
 */
export function stopRun(ctx: Context, input: { runId: string; cells?: string[] }): { stopped: number } {
  requireScope(ctx, "deployments:invoke");
  const running = runs.get(input.runId);
  if (!running || running.projectId !== ctx.projectId) return { stopped: 0 };
  const cells = input.cells ?? [null];
  return { stopped: cells.filter((cell) => running.stop(cell)).length };
}
