"use client";

import { useCallback, useRef, useState } from "react";
import type { RunEstimate } from "#lib/playground/estimate-run.ts";
import type { PlaygroundRow, PlaygroundSetup } from "#lib/playground/schema.ts";
import { cellKey, confirmCalls, confirmUsd } from "#lib/playground/words.ts";
import { countOf } from "../ui/format.ts";
import { showError } from "../ui/toast.tsx";
import type { OpenDialog } from "./playground-data.ts";
import type { RunStore } from "./run-store.ts";
import { allCells, type CellRequest, type Runner } from "./use-run.ts";

type AskingInput = {
  newest: () => PlaygroundSetup;
  rows: readonly PlaygroundRow[];
  obstacle: string | null;
  estimate: RunEstimate | null;
  runner: Runner;
  /** The set-up is kept before it is run: what was asked must be there after a reload. */
  keepNow: () => Promise<void>;
  onConfirm: (dialog: OpenDialog) => void;
};

/** Asks the columns: all of them, one, or some cells. Much at once is confirmed first. */
export function useAsking(input: AskingInput) {
  const latest = useRef(input);
  latest.current = input;
  /** For screen readers: what is going on, in a sentence. */
  const [said, setSaid] = useState("");

  const run = useCallback(async (cells: CellRequest[] | undefined) => {
    const { newest, rows, runner, keepNow } = latest.current;
    const setup = newest();
    const asked = cells ?? allCells(setup, rows);
    setSaid(`Running ${countOf(asked.length, "call")}.`);
    await keepNow();
    await runner.start(setup, rows, cells);
    setSaid(summaryOf(runner.store, asked));
  }, []);

  const ask = useCallback(
    (cells?: CellRequest[]) => {
      const { newest, rows, obstacle, estimate, onConfirm } = latest.current;
      if (!cells && obstacle) return showError(obstacle);
      const setup = newest();
      const calls = cells?.length ?? setup.columns.length * rows.length * setup.samples;
      const share = estimate && estimate.calls > 0 ? calls / estimate.calls : 0;
      const costUsd = estimate?.costUsd == null ? null : estimate.costUsd * share;
      if (calls > confirmCalls || (costUsd ?? 0) > confirmUsd)
        onConfirm({ dialog: "confirm", calls, costUsd, cells });
      else void run(cells);
    },
    [run],
  );

  const askColumn = useCallback(
    (id: string) => {
      const { newest, rows } = latest.current;
      const setup = newest();
      const column = setup.columns.find((each) => each.id === id) ?? setup.columns[0]!;
      if (!column.modelVersionId) return showError("Choose a model version for the column first.");
      ask(allCells(setup, rows).filter((cell) => cell.columnId === column.id));
    },
    [ask],
  );
  return { run, ask, askColumn, said };
}

function summaryOf(
  store: RunStore,
  cells: readonly { columnId: string; rowId: string; sample: number }[],
): string {
  const answers = cells.flatMap((cell) => {
    const answer = store.get(cellKey(cell))?.answer;
    return answer ? [answer.status] : [];
  });
  const count = (status: string) => answers.filter((each) => each === status).length;
  const parts = [
    countOf(count("done"), "answer"),
    count("awaiting") > 0 && `${count("awaiting")} waiting for a tool's answer`,
    count("error") > 0 && `${count("error")} failed`,
    count("stopped") > 0 && `${count("stopped")} stopped`,
  ].filter(Boolean);
  return `${parts.join(", ")}.`;
}
