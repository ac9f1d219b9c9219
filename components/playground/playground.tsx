"use client";

import { X } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import type { ModelVersion } from "#lib/models/schema.ts";
import { effectiveParameters } from "#lib/playground/effective-parameters.ts";
import type { DatasetRows } from "#lib/playground/read-rows.ts";
import type { RestoredCell } from "#lib/playground/restore-cells.ts";
import type { PlaygroundColumn, PlaygroundRow, PlaygroundSetup } from "#lib/playground/schema.ts";
import { callLimit, columnLimit, confirmCalls, confirmUsd } from "#lib/playground/words.ts";
import { contentKey } from "#lib/prompts/content-key.ts";
import { diffContent } from "#lib/prompts/diff.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { VariantMark } from "../charts/variant-mark.tsx";
import type { DatasetChoice } from "../evaluations/start-choices.ts";
import { DiffView } from "../prompts/diff-view.tsx";
import { PromptSourcesProvider } from "../prompts/prompt-sources.tsx";
import { useStable } from "../prompts/use-stable.ts";
import { ScoreForm } from "../scores/score-form.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf, formatUsd } from "../ui/format.ts";
import { Kbd } from "../ui/kbd.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { useStoredState } from "../ui/use-stored-state.ts";
import { type AnswerViewName, answerViews } from "./answer-view.tsx";
import { AnswersGrid } from "./answers-grid.tsx";
import type { CellEvents, CellPlace } from "./cell.tsx";
import { ColumnCard } from "./column-card.tsx";
import { EvaluateDialog } from "./evaluate-dialog.tsx";
import { InputsPanel } from "./inputs-panel.tsx";
import { KeepDialog } from "./keep-dialog.tsx";
import { LoadDialog } from "./load-dialog.tsx";
import type { LoadedVersion, PlaygroundActions } from "./playground-actions.ts";
import { RunBar } from "./run-bar.tsx";
import { RunStore } from "./run-store.ts";
import { SaveColumnDialog } from "./save-column-dialog.tsx";
import {
  emptyContent,
  newColumnId,
  placeholderNames,
  rowsOf,
  toolNames,
  variablesOf,
  withColumn,
  withCopy,
} from "./setup-state.ts";
import { ToolAnswers } from "./tool-answers.tsx";
import { useEstimate } from "./use-estimate.ts";
import { useKeepSetup } from "./use-keep-setup.ts";
import { usePlaygroundKeys } from "./use-playground-keys.ts";
import { allCells, type CellRequest, useRun } from "./use-run.ts";

export type PlaygroundData = {
  slug: string;
  setup: PlaygroundSetup;
  /** Whether `setup` is what the server keeps already. */
  isStored: boolean;
  /** What was here before a link opened `setup`. */
  previous: PlaygroundSetup | null;
  /** What the person should know about what was opened. */
  notes: string[];
  answers: Record<string, RestoredCell>;
  rows: DatasetRows | null;
  /** Contents of the saved versions that columns were started from, by `name@number`. */
  saved: Record<string, PromptContent>;
  models: ModelVersion[];
  datasets: DatasetChoice[];
  scoreNames: string[];
  canRun: boolean;
  canWritePrompts: boolean;
  canKeep: boolean;
};

type PlaygroundProps = { data: PlaygroundData; actions: PlaygroundActions };

type Open =
  | { dialog: "load" | "save" | "compare"; index: number }
  | { dialog: "keep"; place: CellPlace | null }
  | { dialog: "score"; place: CellPlace }
  | { dialog: "evaluate" }
  | { dialog: "confirm"; calls: number; costUsd: number | null; cells: CellRequest[] | undefined };

/** Prompts side by side on models side by side, all asked at once. */
export function Playground({ data, actions }: PlaygroundProps) {
  const { slug, models, canRun } = data;
  const router = useRouter();
  const [setup, setSetup] = useState(data.setup);
  const [revisions, setRevisions] = useState<Readonly<Record<string, number>>>({});
  const [saved, setSaved] = useState(data.saved);
  const [notes, setNotes] = useState<readonly string[]>(data.notes);
  const [previous, setPrevious] = useState(data.previous);
  const [open, setOpen] = useState<Open | null>(null);
  const [shownId, setShownId] = useState(data.setup.columns[0]!.id);
  const [baselineId, setBaselineId] = useState<string | null>(null);
  const [view, setView] = useStoredState<AnswerViewName>("playground-view", "text", isAnswerView);
  const [arePromptsHidden, setPromptsHidden] = useState(false);
  const [said, setSaid] = useState("");

  const { loaded, rows } = useRows(setup, data.rows, actions);
  const runner = useRun(slug, () => new RunStore(data.answers));
  const { store, isRunning } = runner;
  const { isFailed, keepNow } = useKeepSetup(setup, actions.keepSetup, data.isStored);
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

  const change = useCallback(
    (part: Partial<PlaygroundSetup>) => setSetup((before) => ({ ...before, ...part })),
    [],
  );
  const changeColumn = useCallback(
    (column: PlaygroundColumn) => setSetup((before) => withColumn(before, column)),
    [],
  );
  /** Changes a column from outside its editor, which then starts again from it. */
  const resetColumn = useCallback((id: string, edit: (column: PlaygroundColumn) => PlaygroundColumn) => {
    setSetup((before) => ({
      ...before,
      columns: before.columns.map((column) => (column.id === id ? edit(column) : column)),
    }));
    setRevisions((before) => ({ ...before, [id]: (before[id] ?? 0) + 1 }));
  }, []);

  const latest = useRef({ setup, rows, obstacle, estimate, models });
  latest.current = { setup, rows, obstacle, estimate, models };

  const run = useCallback(
    async (cells: CellRequest[] | undefined) => {
      const { setup, rows } = latest.current;
      const keys = cells ?? allCells(setup, rows);
      setSaid(`Running ${countOf(keys.length, "call")}.`);
      await keepNow();
      await runner.start(setup, rows, cells);
      setSaid(summaryOf(store, keys));
    },
    [keepNow, runner.start, store],
  );

  const ask = useCallback(
    (cells?: CellRequest[]) => {
      const { setup, rows, obstacle, estimate } = latest.current;
      const isWhole = cells === undefined;
      if (isWhole && obstacle) return showError(obstacle);
      const calls = cells?.length ?? setup.columns.length * rows.length * setup.samples;
      const share = estimate && estimate.calls > 0 ? calls / estimate.calls : 0;
      const costUsd = estimate?.costUsd == null ? null : estimate.costUsd * share;
      if (calls > confirmCalls || (costUsd ?? 0) > confirmUsd)
        setOpen({ dialog: "confirm", calls, costUsd, cells });
      else void run(cells);
    },
    [run],
  );

  const askColumn = useCallback(
    (id: string | null) => {
      const { setup, rows } = latest.current;
      const column = setup.columns.find((each) => each.id === id) ?? setup.columns[0]!;
      if (!column.modelVersionId) return showError("Choose a model version for the column first.");
      ask(allCells(setup, rows).filter((cell) => cell.columnId === column.id));
    },
    [ask],
  );

  const columnEvents = useMemo(
    () => ({
      onChange: changeColumn,
      onDuplicate: (index: number) => setSetup((before) => withCopy(before, index)),
      onRemove: (index: number) => {
        const kept = latest.current.setup;
        setSetup({ ...kept, columns: kept.columns.toSpliced(index, 1) });
        showToast("Removed the column", {
          action: {
            label: "Undo",
            onClick: () =>
              setSetup((now) => ({
                ...now,
                columns: now.columns.toSpliced(Math.min(index, now.columns.length), 0, kept.columns[index]!),
              })),
          },
        });
      },
      onMove: (index: number, to: number) =>
        setSetup((before) => ({
          ...before,
          columns: before.columns.toSpliced(index, 1).toSpliced(to, 0, before.columns[index]!),
        })),
      onRun: (index: number) => askColumn(latest.current.setup.columns[index]!.id),
      onLoad: (index: number) => setOpen({ dialog: "load", index }),
      onSave: (index: number) => setOpen({ dialog: "save", index }),
      onCompare: (index: number) => setOpen({ dialog: "compare", index }),
    }),
    [changeColumn, askColumn],
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
        store.score(key, "thumbs", isGood);
        const { traceId, spanId } = answer;
        const result = await actions.score({ traceId, spanId, name: "thumbs", value: isGood });
        if (!result.ok) {
          showError(result.error.message);
          if (typeof thumb === "boolean") store.score(key, "thumbs", thumb);
        }
      },
      onScore: (place) => setOpen({ dialog: "score", place }),
      onKeep: (place) => setOpen({ dialog: "keep", place }),
      onRemoveParameter: (columnId, parameter) => {
        resetColumn(columnId, (column) => withoutSetting(column, parameter, latest.current.models));
      },
      onSaveFixture: (tool, answer) => {
        setSetup((before) => ({
          ...before,
          toolAnswers: { ...before.toolAnswers, [tool]: { by: "fixture", answer } },
        }));
        showToast(`${tool} is answered so from now on`);
      },
    }),
    [ask, run, runner.stopCell, store, actions, resetColumn],
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

  function addColumn() {
    setSetup((before) => {
      const last = before.columns.at(-1)!;
      if (before.columns.length >= columnLimit) return before;
      const column = { ...last, id: newColumnId() };
      return { ...before, columns: [...before.columns, column] };
    });
  }

  function clear() {
    const kept = { setup, revisions };
    const column: PlaygroundColumn = {
      id: newColumnId(),
      origin: null,
      content: emptyContent,
      modelVersionId: setup.columns[0]!.modelVersionId,
      overrides: {},
    };
    setSetup({ ...setup, columns: [column], variables: {}, placeholders: {}, messages: [], dataset: null });
    setNotes([]);
    showToast("Emptied the playground", {
      action: { label: "Undo", onClick: () => setSetup(kept.setup) },
    });
  }

  const remember = (version: LoadedVersion) =>
    setSaved((before) => ({ ...before, [`${version.name}@${version.number}`]: version.content }));
  const savedOf = ({ origin }: PlaygroundColumn) =>
    origin ? saved[`${origin.promptName}@${origin.number}`] : undefined;
  const isEdited = (column: PlaygroundColumn) => {
    const before = savedOf(column);
    return before === undefined || contentKey(before) !== contentKey(column.content);
  };
  const adopt = (index: number) => (version: LoadedVersion) => {
    remember(version);
    resetColumn(setup.columns[index]!.id, (column) => ({
      ...column,
      origin: { promptName: version.name, number: version.number },
      content: version.content,
      modelVersionId: column.modelVersionId ?? version.content.modelVersionId,
    }));
  };
  const sources = useMemo(
    () => ({
      keyboard: "plain" as const,
      listPrompts: async () => {
        const result = await actions.listPrompts({});
        return result.ok ? result.data : [];
      },
    }),
    [actions],
  );

  return (
    <PromptSourcesProvider value={sources}>
      <PageHeader
        title="Playground"
        description="Prompts side by side on any model. What is here is kept, and every call is a trace."
        actions={
          <>
            {isFailed && (
              <span role="status" className="text-xs text-harm">
                Not kept: trying again
              </span>
            )}
            <Button variant="quiet" onClick={clear}>
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
        <Notice
          notes={notes}
          onBack={
            previous &&
            (() => {
              setSetup(previous);
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
        onAddColumn={addColumn}
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
              key={`${column.id} ${revisions[column.id] ?? 0}`}
              {...columnEvents}
              slug={slug}
              index={index}
              count={setup.columns.length}
              column={column}
              models={models}
              isEdited={isEdited(column)}
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
      <Dialogs
        data={data}
        actions={actions}
        setup={setup}
        rows={rows}
        store={store}
        open={open}
        savedOf={savedOf}
        onClose={() => setOpen(null)}
        onAdopt={adopt}
        onRun={(cells) => {
          setOpen(null);
          void run(cells);
        }}
        onGo={(path) => router.push(path)}
      />
    </PromptSourcesProvider>
  );
}

type DialogsProps = {
  data: PlaygroundData;
  actions: PlaygroundActions;
  setup: PlaygroundSetup;
  rows: readonly PlaygroundRow[];
  store: RunStore;
  open: Open | null;
  savedOf: (column: PlaygroundColumn) => PromptContent | undefined;
  onClose: () => void;
  onAdopt: (index: number) => (version: LoadedVersion) => void;
  onRun: (cells: CellRequest[] | undefined) => void;
  onGo: (path: string) => void;
};

function Dialogs(props: DialogsProps) {
  const { data, actions, setup, rows, store, open, onClose } = props;
  const { slug } = data;
  if (!open) return null;
  const close = (isOpen: boolean) => {
    if (!isOpen) onClose();
  };
  switch (open.dialog) {
    case "load":
      return (
        <LoadDialog
          letter={"ABCDEF"[open.index]!}
          startName={setup.columns[open.index]?.origin?.promptName ?? ""}
          actions={actions}
          onLoaded={props.onAdopt(open.index)}
          onClose={onClose}
        />
      );
    case "save":
      return (
        <SaveColumnDialog
          letter={"ABCDEF"[open.index]!}
          column={setup.columns[open.index] ?? null}
          actions={actions}
          onSaved={props.onAdopt(open.index)}
          onClose={onClose}
        />
      );
    case "compare": {
      const column = setup.columns[open.index];
      const before = column && props.savedOf(column);
      if (!column || !before) return null;
      return (
        <Dialog
          title={`What was edited in column ${"ABCDEF"[open.index]}`}
          description={`Against ${column.origin!.promptName}, version ${column.origin!.number}`}
          isOpen
          onOpenChange={close}
          width="xl"
          footer={<DialogClose>Done</DialogClose>}
        >
          <DiffView
            diff={diffContent(before, column.content)}
            mode="split"
            modelNames={Object.fromEntries(
              data.models.map((model) => [model.id, `${model.model.name} v${model.number}`]),
            )}
          />
        </Dialog>
      );
    }
    case "keep":
      return (
        <KeepDialog
          slug={slug}
          setup={setup}
          rows={rows}
          store={store}
          place={open.place}
          datasets={[...new Set(data.datasets.map((each) => each.label.replace(/ v\d+$/, "")))]}
          actions={actions}
          onOpen={props.onGo}
          onClose={onClose}
        />
      );
    case "score": {
      const answer = store.get(open.place.key)?.answer;
      return (
        <Dialog
          title="Score this answer"
          description="A score of yours, kept on the answer's trace."
          isOpen
          onOpenChange={close}
          footer={<DialogClose>Done</DialogClose>}
        >
          <ScoreForm
            about="this answer"
            names={data.scoreNames}
            onSave={async (score) => {
              const { traceId, spanId } = answer ?? {};
              if (!traceId || !spanId) throw new Error("An answer without a trace cannot be scored.");
              const result = await actions.score({ traceId, spanId, ...score });
              if (result.ok) {
                store.score(open.place.key, score.name, score.value);
                onClose();
              }
              return result;
            }}
          />
        </Dialog>
      );
    }
    case "evaluate":
      return (
        <EvaluateDialog
          setup={setup}
          models={data.models}
          datasets={data.datasets}
          actions={actions}
          onStarted={({ id }) => props.onGo(`/${slug}/evaluations/${id}`)}
          onClose={onClose}
        />
      );
    case "confirm":
      return (
        <Dialog
          title={`Run ${countOf(open.calls, "call")}?`}
          description={
            open.costUsd === null
              ? "What they will cost is not known: some model has no price here."
              : `They will cost about ${formatUsd(open.costUsd)}, counted from the prompts as they are now.`
          }
          isOpen
          onOpenChange={close}
          width="sm"
          footer={
            <>
              <DialogClose />
              <Button variant="primary" autoFocus onClick={() => props.onRun(open.cells)}>
                Run {countOf(open.calls, "call")}
              </Button>
            </>
          }
        >
          <p className="pb-2 text-sm text-muted">
            You can stop at any time; what was answered until then stays. For more than {callLimit} calls,
            evaluate the columns instead.
          </p>
        </Dialog>
      );
  }
}

type NoticeProps = { notes: readonly string[]; onBack: (() => void) | null; onClose: () => void };

function Notice({ notes, onBack, onClose }: NoticeProps) {
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-sunken py-1 pr-1 pl-3 text-sm">
      <div className="min-w-0 flex-1 basis-56">
        {notes.length > 0 ? (
          <ul className="flex flex-col gap-1 py-1">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        ) : (
          "Opened from a link."
        )}
      </div>
      {onBack && (
        <Button size="sm" variant="quiet" onClick={onBack}>
          Go back to what was here before
        </Button>
      )}
      <Button size="icon" variant="quiet" aria-label="Close this note" onClick={onClose}>
        <X aria-hidden="true" />
      </Button>
    </div>
  );
}

/** The rows, read again when another slice is chosen. */
function useRows(setup: PlaygroundSetup, start: DatasetRows | null, actions: PlaygroundActions) {
  const [loaded, setLoaded] = useState(start);
  const { dataset } = setup;
  const key = dataset ? `${dataset.datasetVersionId} ${dataset.start} ${dataset.count}` : "";
  const shown = useRef(start ? key : "");

  useEffect(() => {
    if (key === shown.current || key === "") return;
    let isGone = false;
    setLoaded(null);
    const [datasetVersionId, first, count] = key.split(" ") as [string, string, string];
    const timer = setTimeout(async () => {
      const slice = { datasetVersionId, start: Number(first), count: Number(count) };
      const result = await actions.readRows(slice).catch(() => null);
      if (isGone) return;
      if (result?.ok) {
        shown.current = key;
        setLoaded(result.data);
      } else showError(result?.error.message ?? "The items could not be read. Choose the dataset again.");
    }, 200);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [key, actions]);

  const { variables, placeholders, messages } = setup;
  const rows = useMemo(
    () => rowsOf({ variables, placeholders, messages, dataset }, loaded?.rows ?? null),
    [variables, placeholders, messages, dataset, loaded],
  );
  return { loaded, rows };
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

/** The column without a setting that its provider refuses, wherever it comes from. */
function withoutSetting(
  column: PlaygroundColumn,
  setting: Parameters<CellEvents["onRemoveParameter"]>[1],
  models: readonly ModelVersion[],
): PlaygroundColumn {
  const { content } = column;
  if (setting === "tools") return { ...column, content: { ...content, tools: [], toolChoice: "auto" } };
  if (setting === "responseFormat")
    return { ...column, content: { ...content, responseFormat: { type: "text" } } };
  const { [setting]: _, ...parameters } = content.parameters;
  const { [setting]: __, ...overrides } = column.overrides;
  const defaults = models.find((model) => model.id === column.modelVersionId)?.parameters ?? {};
  const isSetByModel = effectiveParameters(defaults, parameters, overrides)[setting] !== undefined;
  return {
    ...column,
    content: { ...content, parameters },
    overrides: isSetByModel ? { ...overrides, [setting]: null } : overrides,
  };
}

function summaryOf(
  store: RunStore,
  cells: readonly { columnId: string; rowId: string; sample: number }[],
): string {
  const answers = cells.flatMap((cell) => {
    const answer = store.get(`${cell.columnId}/${cell.rowId}/${cell.sample}`)?.answer;
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

const isAnswerView = (value: unknown): value is AnswerViewName =>
  answerViews.includes(value as AnswerViewName);
