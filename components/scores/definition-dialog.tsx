"use client";

import { type ReactElement, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { ScoreDefinition, ScoreDefinitionInput } from "#lib/scores/schema.ts";
import { readCategories, readLimit } from "./read-definition.ts";

type DefinitionDialogProps = {
  /** The one to change; a new one without. */
  definition?: ScoreDefinition;
  trigger: ReactElement;
  onSave: (definition: ScoreDefinitionInput) => Promise<ActionResult<unknown>>;
};

const types = [
  { value: "numeric", label: "Number", hint: "Within a range, if you set one" },
  { value: "boolean", label: "Yes or no", hint: "Thumbs, pass or fail" },
  { value: "categorical", label: "Category", hint: "One of a list" },
] as const;

/** Says what scores of a name may be; from then on others are refused. */
export function DefinitionDialog({ definition, trigger, onSave }: DefinitionDialogProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog
      title={definition ? `Change “${definition.name}”` : "Define a score"}
      description="Scores that do not fit are refused from then on; those already there stay."
      trigger={trigger}
      isOpen={isOpen}
      onOpenChange={setOpen}
      footer={null}
    >
      {isOpen && <DefinitionForm definition={definition} onSave={onSave} onSaved={() => setOpen(false)} />}
    </Dialog>
  );
}

type FormProps = Pick<DefinitionDialogProps, "definition" | "onSave"> & { onSaved: () => void };

function DefinitionForm({ definition, onSave, onSaved }: FormProps) {
  const [name, setName] = useState(definition?.name ?? "");
  const [type, setType] = useState<ScoreDefinitionInput["type"]>(definition?.type ?? "numeric");
  const [minimum, setMinimum] = useState(definition?.minimum?.toString() ?? "");
  const [maximum, setMaximum] = useState(definition?.maximum?.toString() ?? "");
  const [categories, setCategories] = useState(definition?.categories.join("\n") ?? "");
  const [description, setDescription] = useState(definition?.description ?? "");
  const [higherIsBetter, setHigherIsBetter] = useState(definition?.higherIsBetter ?? true);
  const { submit, isPending, error, issueOf } = useSubmit(onSave, () => {
    showToast(definition ? `Changed ${name}` : `Defined ${name.trim()}`);
    onSaved();
  });
  const limits = { minimum: readLimit(minimum), maximum: readLimit(maximum) };
  const isReadable = limits.minimum !== undefined && limits.maximum !== undefined;

  function save() {
    if (limits.minimum === undefined || limits.maximum === undefined) return;
    const isNumber = type === "numeric";
    void submit({
      name: name.trim(),
      type,
      minimum: isNumber ? limits.minimum : null,
      maximum: isNumber ? limits.maximum : null,
      categories: type === "categorical" ? readCategories(categories) : [],
      description: description.trim(),
      higherIsBetter,
    });
  }

  return (
    <form
      className="flex flex-col gap-4 pb-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Field
        label="Name"
        error={issueOf("name")}
        description={
          definition ? "The name that scores carry cannot be changed." : "As senders write it: helpful, tone."
        }
      >
        <Input
          isCode
          value={name}
          onValueChange={setName}
          disabled={definition !== undefined}
          autoComplete="off"
        />
      </Field>
      <Field label="Type" error={issueOf("type")}>
        <Select options={types} value={type} onValueChange={setType} />
      </Field>
      {type === "numeric" && (
        <div className="grid grid-cols-2 gap-3">
          <Field
            label="At least"
            isOptional
            error={limits.minimum === undefined ? "Write a number." : issueOf("minimum")}
          >
            <Input inputMode="decimal" value={minimum} onValueChange={setMinimum} placeholder="0" />
          </Field>
          <Field
            label="At most"
            isOptional
            error={limits.maximum === undefined ? "Write a number." : issueOf("maximum")}
          >
            <Input inputMode="decimal" value={maximum} onValueChange={setMaximum} placeholder="1" />
          </Field>
        </div>
      )}
      {type === "categorical" && (
        <Field label="Categories" description="One a line." error={issueOf("categories")}>
          <Textarea rows={4} value={categories} onChange={(event) => setCategories(event.target.value)} />
        </Field>
      )}
      {type !== "categorical" && (
        <Checkbox
          isChecked={higherIsBetter}
          onCheckedChange={setHigherIsBetter}
          label={type === "boolean" ? "Yes is better" : "Higher is better"}
          description="Reports colour differences by it."
        />
      )}
      <Field label="Description" isOptional description="What the score means, and how to give it.">
        <Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} />
      </Field>
      <FormError>{error}</FormError>
      <div className="flex justify-end gap-2">
        <DialogClose />
        <Button
          type="submit"
          variant="primary"
          isPending={isPending}
          disabled={name.trim() === "" || !isReadable}
        >
          {definition ? "Save definition" : "Define score"}
        </Button>
      </div>
    </form>
  );
}
