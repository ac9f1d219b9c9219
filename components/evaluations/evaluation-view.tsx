"use client";

import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import type { GridFilter, Matrix } from "#lib/evaluations/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf, formatCount } from "../ui/format.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Progress } from "../ui/progress.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Section } from "../ui/section.tsx";
import { GridFilterBar } from "./grid-filter.tsx";
import { ItemGrid } from "./item-grid.tsx";
import { MatrixTable } from "./matrix-table.tsx";
import { EvaluationStatusBadge } from "./status-badge.tsx";
import { type GridPage, type LoadGrid, useItemGrid } from "./use-item-grid.ts";
import { useLiveMatrix } from "./use-live-matrix.ts";

type EvaluationViewProps = {
  slug: string;
  initial: Matrix;
  initialGrid: GridPage;
  initialFilter: GridFilter;
  canWrite: boolean;
  onRead: (baselineId: string) => Promise<Matrix | null>;
  onLoadGrid: LoadGrid;
  onCancel: () => Promise<ActionResult<unknown>>;
  onExport: () => Promise<void>;
};

/** How often a running evaluation's grid is read again, in readings of the matrix. */
const readsPerReload = 4;
const reloadableRows = 60;

/** One evaluation: its progress while it runs, the matrix, and every item's answers. */
export function EvaluationView(props: EvaluationViewProps) {
  const { slug, initial, initialGrid, initialFilter, canWrite } = props;
  const [baselineId, setBaselineId] = useState(initial.baselineId);
  const [filter, setFilter] = useState<GridFilter>(initialFilter);
  const [isExporting, setExporting] = useState(false);
  const { matrix, reads, readNow } = useLiveMatrix(initial, baselineId, props.onRead);
  const grid = useItemGrid(initialGrid, filter, baselineId, props.onLoadGrid);
  const { evaluation, metrics, rows } = matrix;
  const { status, progress } = evaluation;
  const isRunning = status === "queued" || status === "running";
  const candidates = rows.map((row) => row.candidate);

  // biome-ignore lint/correctness/useExhaustiveDependencies: told by the readings alone
  useEffect(() => {
    const isDue = !isRunning || reads % readsPerReload === 0;
    if (reads > 0 && isDue && !grid.isLoading && grid.rows.length <= reloadableRows) void grid.reload();
  }, [reads, isRunning]);

  function chooseBaseline(id: string) {
    setBaselineId(id);
    setUrlParameter("baseline", id);
  }

  function chooseFilter(next: GridFilter) {
    setFilter(next);
    setUrlParameter("show", next === "all" ? null : next);
  }

  return (
    <>
      <PageHeader
        title={evaluation.name}
        crumbs={[{ label: "Evaluations", href: `/${slug}/evaluations` }]}
        badges={<EvaluationStatusBadge status={status} />}
        description={
          <span>
            {evaluation.datasetName} v{evaluation.datasetVersionNumber},{" "}
            {countOf(evaluation.itemCount, "item")}
            {evaluation.repeats > 1 && ` × ${evaluation.repeats} repeats`} ×{" "}
            {countOf(candidates.length, "candidate")}. Started <RelativeTime value={evaluation.createdAt} />{" "}
            by {evaluation.createdBy}.
          </span>
        }
        actions={
          <>
            <Button
              isPending={isExporting}
              onClick={async () => {
                setExporting(true);
                await props.onExport().finally(() => setExporting(false));
              }}
            >
              <Download aria-hidden="true" />
              Export CSV
            </Button>
            {isRunning && canWrite && (
              <ConfirmDialog
                trigger={<Button variant="danger">Cancel</Button>}
                title={`Cancel “${evaluation.name}”?`}
                consequence={`${formatCount(progress.total - progress.done)} answers are not asked for any more. The ${formatCount(progress.done)} that are there stay. A canceled evaluation cannot be continued.`}
                confirmLabel="Cancel the evaluation"
                onConfirm={async () => {
                  const result = await props.onCancel();
                  await readNow();
                  return result.ok ? null : result.error.message;
                }}
              />
            )}
          </>
        }
      />
      <FormError>{evaluation.error}</FormError>
      {(isRunning || progress.done < progress.total) && (
        <div className="mb-6 max-w-2xl">
          <Progress
            label={
              status === "queued" ? "Waiting for a worker" : isRunning ? "Answers" : "Answers when it ended"
            }
            done={progress.done}
            total={progress.total}
            failed={progress.errors}
          />
        </div>
      )}
      <Section
        title="Matrix"
        description="Means over items with 95% intervals; below each, the difference to the baseline, paired by item. A call that failed counts as wrong, and not at all in latency and cost."
      >
        <MatrixTable
          matrix={matrix}
          onBaseline={chooseBaseline}
          promptPath={(name) => `/${slug}/prompts/${name.split("/").map(encodeURIComponent).join("/")}`}
        />
      </Section>
      <Section title="Items" actions={<GridFilterBar value={filter} onChange={chooseFilter} />}>
        <div aria-busy={grid.isLoading} className={grid.isLoading ? "opacity-60" : undefined}>
          {grid.rows.length === 0 && !grid.isLoading ? (
            <p className="border-t border-border py-10 text-center text-sm text-muted">{noneOf[filter]}</p>
          ) : (
            <ItemGrid
              rows={grid.rows}
              candidates={candidates}
              metrics={metrics}
              tracePath={(traceId) => `/${slug}/traces/${traceId}`}
              playgroundPath={(traceId) => `/${slug}/playground?span=${traceId}`}
            />
          )}
        </div>
        {grid.hasMore && (
          <Button className="mt-3" isPending={grid.isLoading} onClick={() => void grid.loadMore()}>
            Load more items
          </Button>
        )}
      </Section>
    </>
  );
}

const noneOf: Record<GridFilter, string> = {
  all: "There are no items.",
  different: "All candidates answered the same to every item.",
  failures: "Nothing failed.",
  regressions: "No candidate did worse than the baseline on any item.",
};

function setUrlParameter(name: string, value: string | null) {
  const url = new URL(window.location.href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  window.history.replaceState(null, "", url);
}
