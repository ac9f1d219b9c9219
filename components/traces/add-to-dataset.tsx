"use client";

import { Database } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { Json } from "#lib/core/json.ts";
import type { ActionResult } from "#lib/http/action.ts";

export type DatasetItemDraft = { dataset: string; input: Json; expected?: Json };

type AddToDatasetProps = {
  /** Names of the project's datasets; a new name makes a new one. */
  datasets: readonly string[];
  /** What the span says: its variables or its input, and its answer. */
  input: Json;
  answer: string;
  onAdd: (
    item: DatasetItemDraft,
  ) => Promise<ActionResult<{ datasetName: string; number: number; isNew: boolean }>>;
};

/** Makes an item of a dataset's next version of what a trace holds; both halves can be corrected first. */
export function AddToDataset({ datasets, input, answer, onAdd }: AddToDatasetProps) {
  const [isOpen, setOpen] = useState(false);
  const [dataset, setDataset] = useState(datasets[0] ?? "");
  const [inputText, setInputText] = useState(() => JSON.stringify(input, null, 2));
  const [expected, setExpected] = useState(answer);
  const parsed = readJson(inputText);
  const { submit, isPending, error, issueOf } = useSubmit(onAdd, (version) => {
    setOpen(false);
    showToast(
      version.isNew
        ? `Added to ${version.datasetName}, now version ${version.number}`
        : `${version.datasetName} has this item already`,
    );
  });

  return (
    <Dialog
      title="Add to a dataset"
      description="The item is in the dataset's next version and keeps the link to this trace."
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
            disabled={dataset.trim() === "" || parsed === undefined}
            onClick={() => {
              if (parsed === undefined) return;
              const item = { dataset: dataset.trim(), input: parsed };
              void submit(expected.trim() === "" ? item : { ...item, expected });
            }}
          >
            Add item
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="Dataset"
          description="A name that is not there yet makes a new dataset."
          error={issueOf("dataset")}
        >
          <Input value={dataset} onValueChange={setDataset} list="dataset-names" autoComplete="off" />
        </Field>
        <datalist id="dataset-names">
          {datasets.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Field
          label="Input"
          description="An object's members become the prompt's variables."
          error={parsed === undefined ? "This is not valid JSON." : issueOf("input")}
        >
          <Textarea
            isCode
            rows={8}
            value={inputText}
            onChange={(event) => setInputText(event.target.value)}
          />
        </Field>
        <Field
          label="Expected answer"
          isOptional
          description="Correct the model's answer where it was wrong."
        >
          <Textarea rows={4} value={expected} onChange={(event) => setExpected(event.target.value)} />
        </Field>
        <FormError>{error}</FormError>
      </div>
    </Dialog>
  );
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
