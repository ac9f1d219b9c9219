"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import type { ModelVersion } from "#lib/models/schema.ts";
import type { PlaygroundSetup } from "#lib/playground/schema.ts";
import { callLimit } from "#lib/playground/words.ts";
import { VariantMark } from "../charts/variant-mark.tsx";
import { PromptSourcesProvider } from "../prompts/prompt-sources.tsx";
import { useStable } from "../prompts/use-stable.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { useStoredState } from "../ui/use-stored-state.ts";
import { type AnswerViewName, answerViews } from "./answer-view.tsx";
import { AnswersGrid } from "./answers-grid.tsx";
import type { CellEvents } from "./cell.tsx";
import { ColumnCard } from "./column-card.tsx";
import { InputsPanel } from "./inputs-panel.tsx";
import { OpenedNotice } from "./opened-notice.tsx";
import type { PlaygroundActions } from "./playground-actions.ts";
import type { OpenDialog, PlaygroundData } from "./playground-data.ts";
import { RunBar } from "./run-bar.tsx";
import { RunStore } from "./run-store.ts";
import { placeholderNames, toolNames, variablesOf } from "./setup-state.ts";
import { ToolAnswers } from "./tool-answers.tsx";
import { useAsking } from "./use-asking.ts";
import { useEstimate } from "./use-estimate.ts";
import { useKeepSetup } from "./use-keep-setup.ts";
import { usePlaygroundKeys } from "./use-playground-keys.ts";
import { useRows } from "./use-rows.ts";
import { useRun } from "./use-run.ts";
import { useSetup } from "./use-setup.ts";
import { withoutSetting } from "./without-setting.ts";

const PlaygroundDialogs = lazy(async () => ({
  default: (await import("./playground-dialogs.tsx")).PlaygroundDialogs,
}));

type PlaygroundProps = { data: PlaygroundData; actions: PlaygroundActions };

/** Prompts side by side on models side by side, all asked at once. */
export function Playground({ data, actions }: PlaygroundProps) {
  const { slug, models, canRun } = data;
  const router = useRouter();
  const work = useSetup(data.setup, data.saved);
  const { setup, change, resetColumn } = work;
  const [notes, setNotes] = useState<readonly string[]>(data.notes);
  const [previous, setPrevious] = useState(data.previous);
  const [open, setOpen] = useState<OpenDialog | null>(null);
  const [shownId, setShownId] = useState(data.setup.columns[0]!.id);
  const [baselineId, setBaselineId] = useState<string | null>(null);
  const [view, setView] = useStoredState<AnswerViewName>("playground-view", "text", isAnswerView);
  const [arePromptsHidden, setPromptsHidden] = useState(false);

  const { loaded, rows } = useRows(setup, data.rows, actions);
  const runner = useRun(slug, () => new RunStore(data.answers));
  const { store, isRunning } = runner;
  const { fault, keepNow } = useKeepSetup(setup, work.newest, actions.keepSetup, data.isStored);
  const estimate = useEstimate(setup, rows, actions.estimate);

  // Typing in a long prompt must not wait for what is found in all of them.
  const deferred = useDeferredValue(setup);
  const { columns } = deferred;
  const variables = useStable(useMemo(() => variablesOf(columns), [columns]));
  const placeholders = useStable(useMemo(() => placeholderNames(columns), [columns]));
  const tools = useStable(useMemo(() => toolNames(columns), [columns]));
  const calls = setup.columns.length * rows.length * setup.samples;
  const obstacle = obstacleOf({ canRun, models, setup, calls, rowCount: rows.length });
  const activeId = setup.columns.some((column) => column.id === shownId) ? shownId : setup.columns[0]!.id;

  // The link that opened this has done its work: a reload must bring back what was made of it since.
  useEffect(() => {
    if (window.location.search !== "") window.history.replaceState(null, "", `/${slug}/playground`);
  }, [slug]);

  const { run, ask, askColumn, said } = useAsking({
    newest: work.newest,
    rows,
    obstacle,
    estimate,
    runner,
    keepNow,
    onConfirm: setOpen,
  });
  const latest = useRef({ setup, models });
  latest.current = { setup, models };

  const columnEvents = useMemo(
    () => ({
      onChange: work.columns.change,
      onContent: work.columns.changeContent,
      onDuplicate: work.columns.duplicate,
      onRemove: work.columns.remove,
      onMove: work.columns.move,
      onRun: (index: number) => askColumn(latest.current.setup.columns[index]!.id),
      onLoad: (index: number) => setOpen({ dialog: "load", index }),
      onSave: (index: number) => setOpen({ dialog: "save", index }),
      onCompare: (index: number) => setOpen({ dialog: "compare", index }),
    }),
    [work.columns, askColumn],
  );

  const cellEvents = useMemo<CellEvents>(
    () => ({
      onRunAgain: ({ columnId, rowId, sample }) => ask([{ columnId, rowId, sample }]),
      onContinue: ({ columnId, rowId, sample }, since, traceId) =>
        void run([{ columnId, rowId, sample, since, ...(traceId && { traceId }) }]),
      onStop: runner.stopCell,
      onThumb: async ({ key }, isGood) => {
        const { answer, thumb } = store.get(key) ?? {};
        if (!answer?.traceId || !answer.spanId || thumb === isGood) return;
        store.setThumb(key, isGood);
        const { traceId, spanId } = answer;
        const result = await actions.score({ traceId, spanId, name: "thumbs", value: isGood });
        if (!result.ok) {
          showError(result.error.message);
          store.setThumb(key, thumb ?? null);
        }
      },
      onScore: (place) => setOpen({ dialog: "score", place }),
      onKeep: (place) => setOpen({ dialog: "keep", place }),
      onRemoveParameter: (columnId, parameter) => {
        resetColumn(columnId, (column) => withoutSetting(column, parameter, latest.current.models));
      },
      onSaveFixture: (tool, answer) => {
        work.columns.saveFixture(tool, answer);
        showToast(`${tool} is answered so from now on`);
      },
    }),
    [ask, run, runner.stopCell, store, actions, resetColumn, work.columns],
  );

  usePlaygroundKeys({
    onRun: () => ask(),
    onRunColumn: (id) => askColumn(id ?? activeId),
    onStop: runner.stop,
    onMove: (from, step) => {
      const at = setup.columns.findIndex((column) => column.id === (from ?? activeId));
      const to = setup.columns[at + step];
      if (!to) return;
      setShownId(to.id);
      // A narrow page shows the column only after this has been drawn.
      requestAnimationFrame(() => {
        const column = document.querySelector<HTMLElement>(`section[data-column="${to.id}"]`);
        column?.focus({ preventScroll: true });
        column?.scrollIntoView({ block: "nearest", inline: "nearest" });
      });
    },
  });

  const sources = useMemo(
    () => ({
      slug,
      keyboard: "plain" as const,
      listPrompts: async () => {
        const result = await actions.listPrompts({});
        return result.ok ? result.data : [];
      },
    }),
    [slug, actions],
  );

  return (
    <PromptSourcesProvider value={sources}>
      <PageHeader
        title="Playground"
        description="Prompts side by side on any model. What is here is kept, and every call is a trace."
        actions={
          <>
            {fault && (
              <span role="status" className="max-w-96 text-xs text-harm">
                Not kept, trying again: {fault}
              </span>
            )}
            <Button
              variant="quiet"
              onClick={() => {
                setNotes([]);
                work.clear();
              }}
            >
              Start empty
            </Button>
          </>
        }
      />
      {models.length === 0 && (
        <EmptyState
          title="Register a model first"
          actions={
            <Link className="link" href={`/${slug}/models`}>
              Open the models
            </Link>
          }
        >
          A column is asked of a model version. To look around without a key, connect the built-in rehearsal
          provider; its models are simulated.
        </EmptyState>
      )}
      {(notes.length > 0 || previous) && (
        <OpenedNotice
          notes={notes}
          onBack={
            previous &&
            (() => {
              work.replace(previous);
              setPrevious(null);
              setNotes([]);
            })
          }
          onClose={() => {
            setNotes([]);
            setPrevious(null);
          }}
        />
      )}
      <div className="mb-4 flex flex-col gap-5">
        <InputsPanel
          variables={variables}
          placeholders={placeholders}
          setup={setup}
          datasets={data.datasets}
          loaded={loaded}
          onChange={change}
        />
        <ToolAnswers
          names={tools}
          toolAnswers={setup.toolAnswers}
          simulatorId={setup.simulatorId}
          models={models}
          onChange={change}
        />
      </div>
      <RunBar
        setup={setup}
        calls={calls}
        estimate={estimate}
        isRunning={isRunning}
        obstacle={obstacle}
        view={view}
        baselineId={baselineId}
        arePromptsHidden={arePromptsHidden}
        canKeep={data.canKeep}
        onChange={change}
        onRun={() => ask()}
        onStop={runner.stop}
        onAddColumn={work.columns.add}
        onView={setView}
        onBaseline={setBaselineId}
        onHidePrompts={setPromptsHidden}
        onKeep={() => setOpen({ dialog: "keep", place: null })}
        onEvaluate={() => setOpen({ dialog: "evaluate" })}
      />
      <p role="status" className="sr-only">
        {said}
      </p>
      {runner.refusal && (
        <div className="mt-3">
          <FormError>{runner.refusal}</FormError>
        </div>
      )}
      {setup.columns.length > 1 && (
        <fieldset className="mt-3 flex gap-1 overflow-x-auto md:hidden">
          <legend className="sr-only">Column shown</legend>
          {setup.columns.map((column, index) => (
            <button
              key={column.id}
              type="button"
              aria-pressed={column.id === activeId}
              aria-label={`Show column ${"ABCDEF"[index]}`}
              onClick={() => setShownId(column.id)}
              className="min-h-11 min-w-14 rounded-md border border-transparent px-3 aria-pressed:border-border aria-pressed:bg-hover"
            >
              <VariantMark index={index} />
            </button>
          ))}
        </fieldset>
      )}
      <div className="-mx-1 overflow-x-auto px-1 pt-4 pb-6">
        <div
          style={{ "--columns": setup.columns.length } as React.CSSProperties}
          className="grid grid-cols-1 gap-x-4 gap-y-4 md:grid-cols-[repeat(var(--columns),minmax(20rem,1fr))]"
        >
          {setup.columns.map((column, index) => (
            <ColumnCard
              key={work.keyOf(column)}
              {...columnEvents}
              slug={slug}
              index={index}
              count={setup.columns.length}
              column={column}
              models={models}
              isEdited={work.isEdited(column)}
              isReadOnly={false}
              canSave={data.canWritePrompts}
              canRun={canRun}
              arePromptsHidden={arePromptsHidden}
              actions={actions}
              className={column.id === activeId ? undefined : "max-md:hidden"}
            />
          ))}
          <AnswersGrid
            {...cellEvents}
            slug={slug}
            store={store}
            setup={deferred}
            rows={rows}
            items={deferred.dataset ? (loaded?.rows ?? null) : null}
            view={view}
            baselineId={baselineId}
            shownId={activeId}
            canRun={canRun}
          />
        </div>
      </div>
      <p className="hidden text-xs text-muted md:block">
        <Kbd>⌘</Kbd> <Kbd>↵</Kbd> runs all · <Kbd>⌘</Kbd> <Kbd>⇧</Kbd> <Kbd>↵</Kbd> runs the column ·{" "}
        <Kbd>⌘</Kbd> <Kbd>.</Kbd> stops · <Kbd>alt</Kbd> <Kbd>←</Kbd> <Kbd>→</Kbd> goes to the next column
      </p>
      {open && (
        <Suspense fallback={null}>
          <PlaygroundDialogs
            data={data}
            actions={actions}
            setup={setup}
            rows={rows}
            store={store}
            open={open}
            savedOf={work.savedOf}
            onClose={() => setOpen(null)}
            onAdopt={work.adopt}
            onRun={(cells) => {
              setOpen(null);
              void run(cells);
            }}
            onGo={(path) => router.push(path)}
          />
        </Suspense>
      )}
    </PromptSourcesProvider>
  );
}

function obstacleOf(facts: {
  canRun: boolean;
  models: readonly ModelVersion[];
  setup: PlaygroundSetup;
  calls: number;
  rowCount: number;
}): string | null {
  const { canRun, models, setup, calls, rowCount } = facts;
  if (!canRun) return "Your role may look, but not call models";
  if (models.length === 0) return "Register a model first";
  if (setup.columns.some((column) => !models.some((model) => model.id === column.modelVersionId)))
    return "Choose a model for every column";
  if (rowCount === 0) return "There are no items in this slice";
  if (calls > callLimit) return `At most ${callLimit} calls at once; for more, evaluate`;
  return null;
}

const isAnswerView = (value: unknown): value is AnswerViewName =>
  answerViews.includes(value as AnswerViewName);
