"use client";

import { type FormEvent, type ReactElement, useId, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { Connection, ModelVersion } from "#lib/models/schema.ts";
import { ParametersSection } from "../prompts/parameters-section.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { Textarea } from "../ui/textarea.tsx";
import { showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";

export type NewVersion = {
  model: string;
  connectionId: string;
  providerModel: string;
  description: string;
  parameters: SamplingParameters;
};

type ModelVersionDialogProps = {
  trigger: ReactElement;
  connections: readonly Connection[];
  modelNames: readonly string[];
  /** The model that gets a version, where it is known already. */
  modelName?: string;
  onSave: (input: NewVersion) => Promise<ActionResult<ModelVersion>>;
};

/** Registers a version of a model, and the model itself when its name is new. */
export function ModelVersionDialog({
  trigger,
  connections,
  modelNames,
  modelName = "",
  onSave,
}: ModelVersionDialogProps) {
  const formId = useId();
  const listId = useId();
  const blank: NewVersion = {
    model: modelName,
    connectionId: connections[0]?.id ?? "",
    providerModel: "",
    description: "",
    parameters: {},
  };
  const [isOpen, setOpen] = useState(false);
  const [form, setForm] = useState(blank);
  const { submit, isPending, error, issueOf, clear } = useSubmit(onSave, (saved) => {
    setOpen(false);
    showToast(`Saved ${saved.model.name} v${saved.number}`);
  });
  const change = (part: Partial<NewVersion>) => setForm((before) => ({ ...before, ...part }));
  const isSimulated = connections.find((each) => each.id === form.connectionId)?.isSimulated;

  function changeOpen(next: boolean) {
    setOpen(next);
    if (!next) return;
    setForm(blank);
    clear();
  }

  function save(event: FormEvent) {
    event.preventDefault();
    void submit(form);
  }

  return (
    <Dialog
      width="lg"
      title={modelName ? `New version of “${modelName}”` : "Register a model"}
      description="A version is immutable: traces, evaluations and A/B tests say exactly which one answered."
      isOpen={isOpen}
      onOpenChange={changeOpen}
      trigger={trigger}
      footer={
        <>
          <DialogClose />
          <Button type="submit" form={formId} variant="primary" isPending={isPending}>
            Save version
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={save} className="flex flex-col gap-4">
        <Field
          label="Model"
          name="model"
          error={issueOf("model") ?? issueOf("name")}
          description="Your own name for it. A name that exists gets a new version."
        >
          <Input
            required
            maxLength={100}
            autoComplete="off"
            list={listId}
            readOnly={modelName !== ""}
            value={form.model}
            onValueChange={(model) => change({ model })}
          />
        </Field>
        <datalist id={listId}>
          {modelNames.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Field label="Connection" name="connectionId" error={issueOf("connectionId")}>
          <Select
            options={connections.map(({ id, name, isSimulated: simulated }) => ({
              value: id,
              label: name,
              hint: simulated ? "Simulated" : undefined,
            }))}
            value={form.connectionId}
            onValueChange={(connectionId) => change({ connectionId })}
          />
        </Field>
        <Field
          label="Provider's model"
          name="providerModel"
          error={issueOf("providerModel")}
          description={
            isSimulated
              ? "rehearsal-large, rehearsal-small or rehearsal-flaky."
              : "As the provider calls it; the most exact name, with its date, keeps results comparable."
          }
        >
          <Input
            isCode
            required
            autoComplete="off"
            value={form.providerModel}
            onValueChange={(providerModel) => change({ providerModel })}
          />
        </Field>
        <Field label="Description" name="description" isOptional error={issueOf("description")}>
          <Textarea
            rows={2}
            value={form.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        </Field>
        <ParametersSection
          parameters={form.parameters}
          isReadOnly={false}
          onChange={(parameters) => change({ parameters })}
        />
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}
