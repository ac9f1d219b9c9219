"use client";

import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type {
  CellChoice,
  PlaygroundRow,
  PlaygroundRunInput,
  PlaygroundSetup,
} from "#lib/playground/schema.ts";
import { cellKey } from "#lib/playground/words.ts";
import type { CellState, RunStore } from "./run-store.ts";
import { markOf } from "./setup-state.ts";
import { RefusedRun, stopCells, streamRun } from "./stream-run.ts";

type Run = { id: string; abort: AbortController; keys: string[] };
export type CellRequest = Pick<CellChoice, "columnId" | "rowId" | "sample"> & Partial<CellChoice>;

export type Runner = {
  store: RunStore;
  isRunning: boolean;
  /** Why the last run was refused. */
  refusal: string | null;
  /** Runs all cells, or only some of them. Resolves when they are over. */
  start: (setup: PlaygroundSetup, rows: readonly PlaygroundRow[], cells?: CellRequest[]) => Promise<void>;
  stop: () => void;
  stopCell: (key: string) => void;
};

/** The runs of the page: several may go on at once, of different cells. */
export function useRun(slug: string, makeStore: () => RunStore): Runner {
  const [store] = useState(makeStore);
  const runs = useRef<Run[]>([]);
  const [runningCount, setRunningCount] = useState(0);
  const [refusal, setRefusal] = useState<string | null>(null);

  const start = useCallback<Runner["start"]>(
    async (setup, rows, cells) => {
      const { columns, samples, seed, toolAnswers, simulatorId } = setup;
      const keys = (cells ?? allCells(setup, rows)).map(cellKey);
      const before = keys.map((key) => [key, store.get(key)] as const);
      const input: PlaygroundRunInput = {
        runId: newRunId(),
        columns: columns
          .filter((column) => !cells || cells.some((cell) => cell.columnId === column.id))
          .map((column) => ({
            ...column,
            modelVersionId: column.modelVersionId ?? "",
            mark: markOf(setup, column),
          })),
        rows: rows.filter((row) => !cells || cells.some((cell) => cell.rowId === row.id)),
        samples,
        seed,
        toolAnswers,
        simulatorId,
        ...(cells && { cells: cells.map((cell) => ({ since: [], ...cell })) }),
      };
      const run: Run = { id: input.runId, abort: new AbortController(), keys };
      runs.current.push(run);
      setRunningCount(runs.current.length);
      setRefusal(null);
      const since = new Map((cells ?? []).map((cell) => [cellKey(cell), cell.since ?? []]));
      if (!cells) store.keepOnly((key) => keys.includes(key));
      store.queue(keys, since);
      try {
        const isEnded = await streamRun(slug, input, (event) => store.push(event), run.abort.signal);
        if (!isEnded) store.breakOff(keys, "The connection to Stemma broke off before the answer was over.");
        else store.flush();
      } catch (error) {
        if (error instanceof RefusedRun) {
          setRefusal(error.message);
          store.putBack(before);
        } else store.breakOff(keys, run.abort.signal.aborted ? "Stopped." : "Stemma could not be reached.");
      } finally {
        runs.current = runs.current.filter((each) => each !== run);
        setRunningCount(runs.current.length);
      }
    },
    [slug, store],
  );

  const stopCell = useCallback(
    (key: string) => {
      for (const run of runs.current) if (run.keys.includes(key)) void stopCells(slug, run.id, [key]);
    },
    [slug],
  );

  // Asked for and not torn off, so that what was said until then and its trace still arrive.
  const stop = useCallback(() => {
    for (const run of runs.current) {
      const open = run.keys.filter((key) => store.get(key)?.phase !== "over");
      void stopCells(slug, run.id, open);
    }
  }, [slug, store]);

  useEffect(() => {
    // Leaving the page stops the calls: nobody would see the answers.
    const leave = () => {
      for (const run of runs.current) run.abort.abort();
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, []);

  return { store, isRunning: runningCount > 0, refusal, start, stop, stopCell };
}

/** One cell; undefined where nothing was ever run. */
export function useCell(store: RunStore, key: string): CellState | undefined {
  const subscribe = useCallback((listener: () => void) => store.subscribe(key, listener), [store, key]);
  return useSyncExternalStore(
    subscribe,
    () => store.get(key),
    () => store.get(key),
  );
}

/** Draws again with every change of any cell: for totals, not for texts. */
export function useStoreVersion(store: RunStore): number {
  const subscribe = useCallback((listener: () => void) => store.subscribeAll(listener), [store]);
  return useSyncExternalStore(
    subscribe,
    () => store.version,
    () => store.version,
  );
}

export function allCells(setup: PlaygroundSetup, rows: readonly PlaygroundRow[]): CellRequest[] {
  return rows.flatMap((row) =>
    setup.columns.flatMap((column) =>
      Array.from({ length: setup.samples }, (_, sample) => ({ columnId: column.id, rowId: row.id, sample })),
    ),
  );
}

/** A UUID of version 4. `crypto.randomUUID` is missing where the page came over plain HTTP. */
function newRunId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
