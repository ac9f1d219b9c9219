"use client";

import type { PlaygroundColumn, PlaygroundRow, PlaygroundSetup } from "#lib/playground/schema.ts";
import { callLimit } from "#lib/playground/words.ts";
import { diffContent } from "#lib/prompts/diff.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { DiffView } from "../prompts/diff-view.tsx";
import { ScoreForm } from "../scores/score-form.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { countOf, formatUsd } from "../ui/format.ts";
import { EvaluateDialog } from "./evaluate-dialog.tsx";
import { KeepDialog } from "./keep-dialog.tsx";
import { LoadDialog } from "./load-dialog.tsx";
import type { LoadedVersion, PlaygroundActions } from "./playground-actions.ts";
import type { OpenDialog, PlaygroundData } from "./playground-data.ts";
import type { RunStore } from "./run-store.ts";
import { SaveColumnDialog } from "./save-column-dialog.tsx";
import type { CellRequest } from "./use-run.ts";

type DialogsProps = {
  data: PlaygroundData;
  actions: PlaygroundActions;
  setup: PlaygroundSetup;
  rows: readonly PlaygroundRow[];
  store: RunStore;
  open: OpenDialog;
  savedOf: (column: PlaygroundColumn) => PromptContent | undefined;
  onClose: () => void;
  onAdopt: (index: number, version: LoadedVersion) => void;
  onRun: (cells: CellRequest[] | undefined) => void;
  onGo: (path: string) => void;
};

/** Whatever stands in front of the playground; loaded when first asked for. */
export function PlaygroundDialogs(props: DialogsProps) {
  const { data, actions, setup, rows, store, open, onClose } = props;
  const { slug } = data;
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
          onLoaded={(version) => props.onAdopt(open.index, version)}
          onClose={onClose}
        />
      );
    case "save":
      return (
        <SaveColumnDialog
          letter={"ABCDEF"[open.index]!}
          column={setup.columns[open.index] ?? null}
          actions={actions}
          onSaved={(version) => props.onAdopt(open.index, version)}
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
            targets={[{ value: "answer", label: "This answer" }]}
            names={data.scoreNames}
            definitions={[]}
            onSave={async ({ target, ...score }) => {
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
