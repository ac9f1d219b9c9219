"use client";

import { Plus } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import type { SaveModelPriceInput } from "#lib/models/schema.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";

type PriceDialogProps = { onSave: (input: SaveModelPriceInput) => Promise<ActionResult<unknown>> };

type Amount =
  | "inputPerMillion"
  | "cachedInputPerMillion"
  | "cacheWritePerMillion"
  | "outputPerMillion"
  | "reasoningPerMillion";

const amounts: { name: Amount; label: string; isOptional?: boolean }[] = [
  { name: "inputPerMillion", label: "Input" },
  { name: "outputPerMillion", label: "Output" },
  { name: "cachedInputPerMillion", label: "Cached input", isOptional: true },
  { name: "cacheWritePerMillion", label: "Cache write", isOptional: true },
  { name: "reasoningPerMillion", label: "Reasoning", isOptional: true },
];

const empty = { pattern: "", from: "", amounts: {} as Partial<Record<Amount, string>> };

/** Sets what a model costs this project, from a day on. */
export function PriceDialog({ onSave }: PriceDialogProps) {
  const formId = useId();
  const [isOpen, setOpen] = useState(false);
  const [form, setForm] = useState(empty);
  const { submit, isPending, error, issueOf, clear } = useSubmit(onSave, () => {
    setOpen(false);
    showToast(`${form.pattern} has a price of its own`);
  });

  function save(event: FormEvent) {
    event.preventDefault();
    const amount = (name: Amount) => {
      const text = form.amounts[name]?.trim();
      return text ? Number(text) : null;
    };
    void submit({
      pattern: form.pattern,
      ...(form.from && { validFrom: `${form.from}T00:00:00Z` }),
      inputPerMillion: amount("inputPerMillion") ?? 0,
      outputPerMillion: amount("outputPerMillion") ?? 0,
      cachedInputPerMillion: amount("cachedInputPerMillion"),
      cacheWritePerMillion: amount("cacheWritePerMillion"),
      reasoningPerMillion: amount("reasoningPerMillion"),
    });
  }

  return (
    <Dialog
      title="Set a price"
      description="US dollars per million tokens. What is left empty costs as its kind does: cached as input, reasoning as output."
      isOpen={isOpen}
      onOpenChange={(next) => {
        setOpen(next);
        if (!next) return;
        setForm(empty);
        clear();
      }}
      trigger={
        <Button variant="primary">
          <Plus aria-hidden="true" />
          Set a price
        </Button>
      }
      footer={
        <>
          <DialogClose />
          <Button type="submit" form={formId} variant="primary" isPending={isPending}>
            Save price
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={save} className="flex flex-col gap-4 pb-2">
        <Field
          label="Model"
          name="pattern"
          error={issueOf("pattern")}
          description="The provider's name of it; a * at the end stands for any ending."
        >
          <Input
            isCode
            required
            maxLength={200}
            autoComplete="off"
            value={form.pattern}
            onValueChange={(pattern) => setForm({ ...form, pattern })}
          />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          {amounts.map(({ name, label, isOptional }) => (
            <Field key={name} label={label} name={name} isOptional={isOptional} error={issueOf(name)}>
              <Input
                type="number"
                inputMode="decimal"
                min={0}
                step="any"
                required={!isOptional}
                value={form.amounts[name] ?? ""}
                onValueChange={(text) => setForm({ ...form, amounts: { ...form.amounts, [name]: text } })}
              />
            </Field>
          ))}
          <Field label="From" name="validFrom" isOptional error={issueOf("validFrom")}>
            <Input type="date" value={form.from} onValueChange={(from) => setForm({ ...form, from })} />
          </Field>
        </div>
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}
