"use client";

import { type FormEvent, type ReactElement, useId, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import { type ModelVersion, type Stage, stages } from "#lib/models/schema.ts";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Select } from "../ui/select.tsx";
import { Textarea } from "../ui/textarea.tsx";
import { showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";

export type StageChange = { modelVersionId: string; stage: Stage; reason: string; archiveExisting: boolean };

type StageDialogProps = {
  trigger: ReactElement;
  version: ModelVersion;
  onChange: (input: StageChange) => Promise<ActionResult<unknown>>;
};

/** Moves a version to a stage, with the reason that stays in the history. */
export function StageDialog({ trigger, version, onChange }: StageDialogProps) {
  const formId = useId();
  const [isOpen, setOpen] = useState(false);
  const [stage, setStage] = useState<Stage>(version.stage);
  const [reason, setReason] = useState("");
  const [archiveExisting, setArchiveExisting] = useState(false);
  const shown = `${version.model.name} v${version.number}`;
  const { submit, isPending, error, issueOf, clear } = useSubmit(onChange, () => {
    setOpen(false);
    showToast(`${shown} is in ${stage}`);
  });

  function changeOpen(next: boolean) {
    setOpen(next);
    if (!next) return;
    setStage(version.stage);
    setReason("");
    clear();
  }

  function save(event: FormEvent) {
    event.preventDefault();
    void submit({ modelVersionId: version.id, stage, reason, archiveExisting });
  }

  const isServing = stage === "Production" || stage === "Staging";
  return (
    <Dialog
      title={`Stage of ${shown}`}
      description="A model called by its plain name is served by its version in Production."
      isOpen={isOpen}
      onOpenChange={changeOpen}
      trigger={trigger}
      footer={
        <>
          <DialogClose />
          <Button
            type="submit"
            form={formId}
            variant="primary"
            isPending={isPending}
            disabled={stage === version.stage}
          >
            Move to {stage}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={save} className="flex flex-col gap-4">
        <Field label="Stage" name="stage" error={issueOf("stage")}>
          <Select
            options={stages.map((value) => ({ value, label: value }))}
            value={stage}
            onValueChange={setStage}
          />
        </Field>
        <Field label="Reason" name="reason" error={issueOf("reason")} description="Stays in the history.">
          <Textarea required rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {isServing && (
          <Checkbox
            label={`Archive this model's other versions in ${stage}`}
            isChecked={archiveExisting}
            onCheckedChange={setArchiveExisting}
          />
        )}
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}
