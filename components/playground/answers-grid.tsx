"use client";

import { Fragment, memo } from "react";
import type { Json } from "#lib/core/json.ts";
import type { DatasetRow } from "#lib/playground/read-rows.ts";
import type { PlaygroundRow, PlaygroundSetup } from "#lib/playground/schema.ts";
import { cellKey } from "#lib/playground/words.ts";
import { classNames } from "../ui/class-names.ts";
import { formatDuration, formatUsd } from "../ui/format.ts";
import type { AnswerViewName } from "./answer-view.tsx";
import { Cell, type CellEvents } from "./cell.tsx";
import type { RunStore } from "./run-store.ts";
import { markOf, rowTitle } from "./setup-state.ts";
import { useStoreVersion } from "./use-run.ts";

type AnswersGridProps = CellEvents & {
  slug: string;
  store: RunStore;
  setup: PlaygroundSetup;
  rows: readonly PlaygroundRow[];
  items: readonly DatasetRow[] | null;
  view: AnswerViewName;
  baselineId: string | null;
  /** The column that a narrow page shows. */
  shownId: string;
  canRun: boolean;
};

/** Rows × columns of answers, in the same columns as the prompts above them. */
export const AnswersGrid = memo(function AnswersGrid(props: AnswersGridProps) {
  const { slug, store, setup, rows, items, view, baselineId, shownId, canRun, ...events } = props;
  const { columns, samples, dataset } = setup;
  const baselineIndex = columns.findIndex((column) => column.id === baselineId);
  const isCapped = rows.length > 1 || samples > 1;
  const marks = columns.map((column) => markOf(setup, column));
  return (
    <>
      {isCapped && (
        <ColumnTotals store={store} columns={columns.map((column) => column.id)} shownId={shownId} />
      )}
      {rows.map((row, place) => (
        <Fragment key={row.id}>
          {dataset && (
            <div className="col-span-full min-w-0 border-t border-border pt-3">
              <div className="sticky left-0 max-w-[min(72rem,calc(100vw-3rem))]">
                <h3 className="truncate text-sm" title={rowTitle(row.variables)}>
                  <span className="mr-2 text-muted tabular-nums">{dataset.start + place + 1}</span>
                  {rowTitle(row.variables) || "No variables"}
                </h3>
                {items?.[place] && items[place].expected !== null && (
                  <p className="truncate text-xs text-muted">Expected: {spell(items[place].expected)}</p>
                )}
              </div>
            </div>
          )}
          {columns.map((column, index) => (
            <div
              key={column.id}
              className={classNames("flex min-w-0 flex-col gap-3", column.id !== shownId && "max-md:hidden")}
            >
              {Array.from({ length: samples }, (_, sample) => {
                const key = cellKey({ columnId: column.id, rowId: row.id, sample });
                return (
                  <Cell
                    key={key}
                    {...events}
                    slug={slug}
                    store={store}
                    place={placeOf(column.id, row.id, sample, key)}
                    letter={"ABCDEF"[index]!}
                    sampleLabel={samples > 1 ? `Sample ${sample + 1}` : null}
                    view={view}
                    baseline={
                      baselineIndex >= 0
                        ? baselineOf("ABCDEF"[baselineIndex]!, columns[baselineIndex]!.id, row.id, sample)
                        : null
                    }
                    mark={marks[index]!}
                    isCapped={isCapped}
                    canRun={canRun && column.modelVersionId !== null}
                  />
                );
              })}
            </div>
          ))}
        </Fragment>
      ))}
    </>
  );
});

// The same object for the same place, so that a cell is drawn again only when something of its own changed.
const places = new Map<string, { columnId: string; rowId: string; sample: number; key: string }>();
function placeOf(columnId: string, rowId: string, sample: number, key: string) {
  const place = places.get(key) ?? { columnId, rowId, sample, key };
  places.set(key, place);
  return place;
}

const baselines = new Map<string, { letter: string; key: string }>();
function baselineOf(letter: string, columnId: string, rowId: string, sample: number) {
  const key = cellKey({ columnId, rowId, sample });
  const name = `${letter} ${key}`;
  const baseline = baselines.get(name) ?? { letter, key };
  baselines.set(name, baseline);
  return baseline;
}

/** What each column's answers took together, once there are several. */
function ColumnTotals({
  store,
  columns,
  shownId,
}: {
  store: RunStore;
  columns: readonly string[];
  shownId: string;
}) {
  useStoreVersion(store);
  return columns.map((id) => {
    const answers = store
      .entries()
      .flatMap(([key, cell]) => (key.startsWith(`${id}/`) && cell.answer ? [cell.answer] : []));
    const latencies = answers.flatMap(({ status, metrics }) =>
      status === "done" && metrics.latencyMs !== null ? [metrics.latencyMs] : [],
    );
    const costs = answers.flatMap(({ metrics }) => (metrics.costUsd === null ? [] : [metrics.costUsd]));
    const failed = answers.filter((answer) => answer.status === "error").length;
    const parts = [
      latencies.length > 0 ? `median ${formatDuration(medianOf(latencies))}, n = ${latencies.length}` : null,
      costs.length > 0 ? formatUsd(costs.reduce((sum, cost) => sum + cost, 0)) : null,
    ].filter((part) => part !== null);
    return (
      <p
        key={id}
        className={classNames("min-h-4 text-xs text-muted tabular-nums", id !== shownId && "max-md:hidden")}
      >
        {parts.join(" · ")}
        {failed > 0 && (
          <span className="text-harm">
            {parts.length > 0 && " · "}
            {failed} failed
          </span>
        )}
      </p>
    );
  });
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function spell(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
