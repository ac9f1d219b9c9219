"use client";

import { useState } from "react";
import type { KeptItem } from "#lib/playground/keep-items.ts";
import type { PlaygroundRow, PlaygroundSetup } from "#lib/playground/schema.ts";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import type { CellPlace } from "./cell.tsx";
import type { PlaygroundActions } from "./playground-actions.ts";
import type { RunStore } from "./run-store.ts";

type KeepDialogProps = {
  slug: string;
  setup: PlaygroundSetup;
  rows: readonly PlaygroundRow[];
  store: RunStore;
  /** One answer alone, or all of a column. */
  place: CellPlace | null;
  datasets: readonly string[];
  actions: PlaygroundActions;
  onOpen: (path: string) => void;
  onClose: () => void;
};

/** Keeps answers as items of a dataset: the variables are the input, the answer is what is expected from then on. */
export function KeepDialog(props: KeepDialogProps) {
  const { slug, setup, rows, store, place, datasets, actions, onOpen, onClose } = props;
  const [dataset, setDataset] = useState(datasets[0] ?? "");
  const [columnId, setColumnId] = useState(setup.columns[0]!.id);
  const [onlyGood, setOnlyGood] = useState(false);
  const form = useSubmit(actions.keepAnswers, ({ datasetId, datasetName, number, isNew }) => {
    const message = isNew
      ? `Kept in ${datasetName}, version ${number}`
      : `${datasetName} version ${number} has these items already`;
    showToast(message, {
      action: { label: "Open", onClick: () => onOpen(`/${slug}/datasets/${datasetId}`) },
    });
    onClose();
  });
  const items = store.entries().flatMap(([key, { answer, thumb }]): KeptItem[] => {
    const [column, rowId, sample] = key.split("/");
    const row = rows.find((each) => each.id === rowId);
    const isChosen = place ? key === place.key : column === columnId && sample === "0";
    if (!row || !isChosen || answer?.status !== "done" || (onlyGood && thumb !== true)) return [];
    return [
      {
        input: row.variables,
        expected: answer.text,
        ...(answer.traceId && { sourceTraceId: answer.traceId }),
        ...(answer.spanId && { sourceSpanId: answer.spanId }),
      },
    ];
  });

  return (
    <Dialog
      title={place ? "Keep this answer as a dataset item" : "Keep answers as dataset items"}
      description="The variables become the input, and the answer (of several samples the first) what is expected."
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      width="sm"
      footer={
        <>
          <DialogClose />
          <Button
            variant="primary"
            type="submit"
            form="keep-answers"
            isPending={form.isPending}
            disabled={items.length === 0}
          >
            Keep {countOf(items.length, "item")}
          </Button>
        </>
      }
    >
      <form
        id="keep-answers"
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit({ dataset, items });
        }}
      >
        <Field label="Dataset" description="A new name makes a dataset." error={form.issueOf("dataset")}>
          <Input
            autoFocus
            list="playground-datasets"
            placeholder="good answers"
            value={dataset}
            onValueChange={setDataset}
            autoComplete="off"
          />
        </Field>
        <datalist id="playground-datasets">
          {datasets.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        {!place && (
          <>
            <Field label="Answers of">
              <Select
                options={setup.columns.map((column, index) => ({
                  value: column.id,
                  label: `Column ${"ABCDEF"[index]}`,
                }))}
                value={columnId}
                onValueChange={setColumnId}
              />
            </Field>
            <Checkbox
              label="Only answers with a thumb up"
              isChecked={onlyGood}
              onCheckedChange={setOnlyGood}
            />
          </>
        )}
        {items.length === 0 && (
          <p className="text-sm text-muted">There is no answer to keep. Run the column, or choose another.</p>
        )}
        <FormError>{form.error}</FormError>
      </form>
    </Dialog>
  );
}
