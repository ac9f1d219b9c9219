"use client";

import { type FormEvent, type ReactElement, useId, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import type { Connection, SaveConnectionInput } from "#lib/models/schema.ts";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { providerChoices, providerLabel } from "./providers.ts";

type ConnectionDialogProps = {
  trigger: ReactElement;
  /** The connection to change; none makes one. */
  connection?: Connection;
  onSave: (input: SaveConnectionInput) => Promise<ActionResult<Connection>>;
};

type Form = { name: string; provider: string; baseUrl: string; apiKey: string; removesKey: boolean };

/** Where a provider is reached, and with which key. A stored key is never shown again. */
export function ConnectionDialog({ trigger, connection, onSave }: ConnectionDialogProps) {
  const formId = useId();
  const [isOpen, setOpen] = useState(false);
  const [form, setForm] = useState<Form>(() => formOf(connection));
  const { submit, isPending, error, issueOf, clear } = useSubmit(onSave, (saved) => {
    setOpen(false);
    showToast(`Saved the connection “${saved.name}”`);
  });
  const change = (part: Partial<Form>) => setForm((before) => ({ ...before, ...part }));
  const choice = providerChoices.find((each) => each.value === form.provider);

  function changeOpen(next: boolean) {
    setOpen(next);
    if (!next) return;
    setForm(formOf(connection));
    clear();
  }

  function chooseProvider(provider: string) {
    const next = providerChoices.find((each) => each.value === provider)!;
    // What was filled in by the last choice gives way; what was typed stays.
    const wasGiven = (text: string, given: string | undefined) => text === "" || text === given;
    change({
      provider,
      baseUrl: wasGiven(form.baseUrl, choice?.baseUrl) ? next.baseUrl : form.baseUrl,
      name: wasGiven(form.name, choice?.label) ? next.label : form.name,
    });
  }

  function save(event: FormEvent) {
    event.preventDefault();
    const { removesKey, apiKey, ...fields } = form;
    void submit({
      ...fields,
      ...(connection && { id: connection.id }),
      apiKey: removesKey ? null : apiKey.trim() || undefined,
    });
  }

  const known = providerChoices.map(({ value, label, hint }) => ({ value, label, hint }));
  const options = choice
    ? known
    : [...known, { value: form.provider, label: form.provider, hint: "As saved" }];
  return (
    <Dialog
      title={connection ? `Edit “${connection.name}”` : "Connect a provider"}
      description="Any server that speaks OpenAI's chat completions can be connected."
      isOpen={isOpen}
      onOpenChange={changeOpen}
      trigger={trigger}
      footer={
        <>
          <DialogClose />
          <Button type="submit" form={formId} variant="primary" isPending={isPending}>
            {connection ? "Save connection" : "Connect"}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={save} className="flex flex-col gap-4">
        <Field label="Provider" name="provider" error={issueOf("provider")}>
          <Select options={options} value={form.provider} onValueChange={chooseProvider} />
        </Field>
        <Field label="Name" name="name" error={issueOf("name")}>
          <Input
            required
            maxLength={100}
            autoComplete="off"
            value={form.name}
            onValueChange={(name) => change({ name })}
          />
        </Field>
        <Field
          label="Base URL"
          name="baseUrl"
          error={issueOf("baseUrl")}
          description={`Up to and including /v1. ${form.provider === "rehearsal" ? "A path alone is this server's own." : ""}`}
        >
          <Input isCode required value={form.baseUrl} onValueChange={(baseUrl) => change({ baseUrl })} />
        </Field>
        <Field
          label="API key"
          name="apiKey"
          isOptional={!choice?.needsKey}
          error={issueOf("apiKey")}
          description={keyDescription(connection)}
        >
          <Input
            isCode
            type="password"
            autoComplete="off"
            required={Boolean(choice?.needsKey) && !connection?.hasKey}
            disabled={form.removesKey}
            value={form.apiKey}
            onValueChange={(apiKey) => change({ apiKey })}
          />
        </Field>
        {connection?.hasKey && (
          <Checkbox
            label="Remove the stored key"
            isChecked={form.removesKey}
            onCheckedChange={(removesKey) => change({ removesKey })}
          />
        )}
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}

function formOf(connection: Connection | undefined): Form {
  const first = providerChoices[0]!;
  const { name, provider, baseUrl } = connection ?? {
    name: providerLabel(first.value),
    provider: first.value,
    baseUrl: first.baseUrl,
  };
  return { name, provider, baseUrl, apiKey: "", removesKey: false };
}

function keyDescription(connection: Connection | undefined): string {
  if (connection?.hasKey)
    return `The key that ends in ${connection.keyHint || "…"} stays unless you type another.`;
  return "Encrypted where it is stored, and never shown again.";
}
