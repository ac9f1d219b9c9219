"use client";

import { type FormEvent, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";

type Settings = { name: string; retentionDays: number | null };

type GeneralFormProps = {
  initial: Settings;
  isReadOnly: boolean;
  onSave: (settings: Settings) => Promise<ActionResult<unknown>>;
};

/** The project's name and how long it keeps traces. Keeping them for less time deletes some, so that asks first. */
export function GeneralForm({ initial, isReadOnly, onSave }: GeneralFormProps) {
  const [name, setName] = useState(initial.name);
  const [days, setDays] = useState(initial.retentionDays?.toString() ?? "");
  const [saved, setSaved] = useState(initial);
  const [isAsking, setAsking] = useState(false);
  const { submit, isPending, error, issueOf } = useSubmit(onSave);
  const wanted: Settings = { name: name.trim(), retentionDays: days.trim() === "" ? null : Number(days) };
  const isChanged = wanted.name !== saved.name || wanted.retentionDays !== saved.retentionDays;

  async function save() {
    if (!(await submit(wanted))) return;
    setSaved(wanted);
    showToast("Settings saved");
  }

  function askOrSave(event: FormEvent) {
    event.preventDefault();
    const keepsLess =
      wanted.retentionDays !== null &&
      (saved.retentionDays === null || wanted.retentionDays < saved.retentionDays);
    if (keepsLess) setAsking(true);
    else void save();
  }

  return (
    <form onSubmit={askOrSave} className="flex max-w-md flex-col gap-5">
      <fieldset disabled={isReadOnly} className="contents">
        <Field label="Project name" name="name" error={issueOf("name")}>
          <Input required maxLength={80} value={name} onValueChange={setName} />
        </Field>
        <Field
          label="Keep traces for"
          name="retentionDays"
          error={issueOf("retentionDays")}
          description="Days. Empty keeps them for ever. Prompts, datasets, evaluations and reports are always kept."
        >
          <Input
            type="number"
            inputMode="numeric"
            min={1}
            max={3650}
            step={1}
            placeholder="For ever"
            className="max-w-32 tabular-nums"
            value={days}
            onValueChange={setDays}
          />
        </Field>
        <FormError>{error}</FormError>
        {!isReadOnly && (
          <Button
            type="submit"
            variant="primary"
            className="self-start"
            isPending={isPending}
            disabled={!isChanged}
          >
            Save settings
          </Button>
        )}
      </fieldset>
      <ConfirmDialog
        title={`Keep traces for ${countOf(wanted.retentionDays ?? 0, "day")} only?`}
        consequence={`Every trace older than ${countOf(wanted.retentionDays ?? 0, "day")} is deleted within a day, with its spans and scores. This cannot be undone.`}
        confirmLabel="Keep less and delete older traces"
        isOpen={isAsking}
        onOpenChange={setAsking}
        onConfirm={async () => {
          await save();
          return null;
        }}
      />
    </form>
  );
}
