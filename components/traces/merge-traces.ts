import type { TraceSummary } from "#lib/traces/schema.ts";

export type Merged = { shown: TraceSummary[]; waiting: TraceSummary[] };

/**
 * Takes newly read traces into a list, newest first. Those that are shown already are brought up to date where they
 * stand; new ones go on top, or wait if what is being read must not move.
 */
export function mergeTraces(
  { shown, waiting }: Merged,
  read: readonly TraceSummary[],
  mayMove: boolean,
): Merged {
  const freshById = new Map(read.map((trace) => [trace.traceId, trace]));
  const updated = shown.map((trace) => freshById.get(trace.traceId) ?? trace);
  for (const trace of shown) freshById.delete(trace.traceId);
  const arrived = [
    ...freshById.values(),
    ...waiting.filter((trace) => !freshById.has(trace.traceId)),
  ].toSorted((a, b) => b.startTimeUs - a.startTimeUs);
  if (!mayMove) return { shown: updated, waiting: arrived };
  return { shown: [...arrived, ...updated], waiting: [] };
}
