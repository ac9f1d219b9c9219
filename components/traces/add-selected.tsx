"use client";

import { Database } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { countOf } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { ActionResult } from "#lib/http/action.ts";

export type AddedTraces = { datasetName: string; number: number; addedCount: number; skippedCount: number };

type AddSelectedProps = {
  traceCount: number;
  datasets: readonly string[];
  onAdd: (dataset: string) => Promise<ActionResult<AddedTraces>>;
  onAdded: () => void;
};

/** Makes items of the selected traces: what was asked becomes the input, the answer the expected one. */
export function AddSelected({ traceCount, datasets, onAdd, onAdded }: AddSelectedProps) {
  const [isOpen, setOpen] = useState(false);
  const [dataset, setDataset] = useState(datasets[0] ?? "");
  const { submit, isPending, error, issueOf } = useSubmit(onAdd, (added) => {
    setOpen(false);
    const unsaid = added.skippedCount > 0 ? ` ${countOf(added.skippedCount, "trace")} asked nothing.` : "";
    showToast(
      added.addedCount > 0
        ? `Added ${countOf(added.addedCount, "item")} to ${added.datasetName}, now version ${added.number}.${unsaid}`
        : `Nothing new for ${added.datasetName}.${unsaid}`,
    );
    onAdded();
  });
  const name = dataset.trim();

  return (
    <Dialog
      title={`Add ${countOf(traceCount, "trace")} to a dataset`}
      description="The variables or the question become the input, the answer becomes the expected one. Each item keeps the link to its trace."
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm">
          <Database aria-hidden="true" /> Add to dataset
        </Button>
      }
      footer={
        <>
          <DialogClose />
          <Button
            variant="primary"
            isPending={isPending}
            disabled={name === ""}
            onClick={() => void submit(name)}
          >
            Add {countOf(traceCount, "item")}
          </Button>
        </>
      }
    >
      <Field
        label="Dataset"
        description="A name that is not there yet makes a new dataset."
        error={issueOf("dataset")}
      >
        <Input value={dataset} onValueChange={setDataset} list="dataset-choices" autoComplete="off" />
      </Field>
      <datalist id="dataset-choices">
        {datasets.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <FormError>{error}</FormError>
    </Dialog>
  );
}
