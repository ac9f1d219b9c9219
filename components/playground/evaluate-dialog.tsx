"use client";

import { useState } from "react";
import type { EvaluatorConfig } from "#lib/evaluations/evaluators/config.ts";
import type { ModelVersion } from "#lib/models/schema.ts";
import type { PlaygroundSetup } from "#lib/playground/schema.ts";
import { EvaluatorsEditor } from "../evaluations/evaluators-editor.tsx";
import { newEvaluator } from "../evaluations/new-evaluator.ts";
import type { DatasetChoice } from "../evaluations/start-choices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import type { PlaygroundActions } from "./playground-actions.ts";

type EvaluateDialogProps = {
  setup: PlaygroundSetup;
  models: readonly ModelVersion[];
  datasets: readonly DatasetChoice[];
  actions: PlaygroundActions;
  onStarted: (evaluation: { id: string }) => void;
  onClose: () => void;
};

/** Starts an evaluation of the columns on all items of a dataset version. */
export function EvaluateDialog(props: EvaluateDialogProps) {
  const { setup, models, datasets, actions, onStarted, onClose } = props;
  const [name, setName] = useState("");
  const [datasetVersionId, setDatasetVersionId] = useState(
    setup.dataset?.datasetVersionId ?? datasets[0]?.versionId ?? null,
  );
  const [evaluators, setEvaluators] = useState<EvaluatorConfig[]>(() => [newEvaluator("exact_match", [])]);
  const form = useSubmit(actions.startEvaluation, onStarted);
  const dataset = datasets.find((each) => each.versionId === datasetVersionId);
  const calls = (dataset?.itemCount ?? 0) * setup.columns.length * setup.samples;

  return (
    <Dialog
      title="Evaluate these columns"
      description="Every column is asked about every item of the dataset, in the background, and scored. Each must be a saved version."
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      width="lg"
      footer={
        <>
          <DialogClose />
          <Button
            variant="primary"
            type="submit"
            form="evaluate-columns"
            isPending={form.isPending}
            disabled={!dataset}
          >
            {dataset ? `Start ${countOf(calls, "call")}` : "Start the evaluation"}
          </Button>
        </>
      }
    >
      <form
        id="evaluate-columns"
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          const { columns, samples, seed } = setup;
          const title = name.trim() || suggested(setup, dataset);
          void form.submit({
            name: title,
            datasetVersionId: datasetVersionId ?? "",
            columns,
            samples,
            seed,
            evaluators,
          });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Dataset version" error={form.issueOf("datasetVersionId")}>
            <Select
              placeholder="Choose a dataset version…"
              options={datasets.map((each) => ({
                value: each.versionId,
                label: each.label,
                hint: countOf(each.itemCount, "item"),
              }))}
              value={datasetVersionId}
              onValueChange={setDatasetVersionId}
            />
          </Field>
          <Field label="Name" isOptional error={form.issueOf("name")}>
            <Input value={name} onValueChange={setName} placeholder={suggested(setup, dataset)} />
          </Field>
        </div>
        {datasets.length === 0 && (
          <p className="text-sm text-muted">There is no dataset yet. Keep some answers as items first.</p>
        )}
        <EvaluatorsEditor
          evaluators={evaluators}
          models={models.map((model) => ({
            id: model.id,
            label: `${model.model.name} v${model.number}`,
            hint: model.providerModel,
            isSimulated: model.connection.isSimulated,
          }))}
          onChange={setEvaluators}
          issueOf={form.issueOf}
        />
        <FormError>{form.error}</FormError>
      </form>
    </Dialog>
  );
}

function suggested(setup: PlaygroundSetup, dataset: DatasetChoice | undefined): string {
  const [first] = setup.columns;
  const prompt = first?.origin?.promptName ?? "Playground";
  return dataset ? `${prompt} on ${dataset.label}` : prompt;
}
