"use client";

import { type FormEvent, type ReactElement, useId, useState } from "react";
import type { Deployment, SaveDeploymentInput } from "#lib/deployments/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import { ParametersSection } from "../prompts/parameters-section.tsx";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { useSubmit } from "../ui/use-submit.ts";

/** What a deployment can serve. */
export type DeploymentChoices = {
  abTests: { key: string; name: string; status: string }[];
  prompts: { name: string; labels: { name: string; number: number }[] }[];
  modelVersions: { id: string; label: string; isSimulated: boolean }[];
};

type DeploymentDialogProps = {
  trigger: ReactElement;
  /** The deployment to change; none makes one. */
  deployment?: Deployment;
  choices: DeploymentChoices;
  onSave: (input: SaveDeploymentInput) => Promise<ActionResult<Deployment>>;
  onSaved?: (deployment: Deployment) => void;
};

type Form = {
  name: string;
  description: string;
  isEnabled: boolean;
  abTestKey: string;
  promptName: string;
  promptLabel: string;
  modelVersionId: string;
  parameters: SamplingParameters;
  retries: number;
  fallbackModelVersionIds: string[];
};

const pinned = "(pinned)";

/** What a named endpoint serves: an A/B test while it runs, a prompt on a model otherwise. */
export function DeploymentDialog({ trigger, deployment, choices, onSave, onSaved }: DeploymentDialogProps) {
  const formId = useId();
  const [isOpen, setOpen] = useState(false);
  const [form, setForm] = useState<Form>(() => formOf(deployment));
  const { submit, isPending, error, issueOf, clear } = useSubmit(onSave, (saved) => {
    setOpen(false);
    onSaved?.(saved);
  });
  const change = (part: Partial<Form>) => setForm((before) => ({ ...before, ...part }));
  const prompt = choices.prompts.find((each) => each.name === form.promptName);

  function changeOpen(next: boolean) {
    setOpen(next);
    if (!next) return;
    setForm(formOf(deployment));
    clear();
  }

  function save(event: FormEvent) {
    event.preventDefault();
    const isPinned = form.promptLabel === pinned;
    void submit({
      name: form.name,
      description: form.description,
      isEnabled: form.isEnabled,
      abTestKey: form.abTestKey || null,
      promptName: form.promptName || null,
      promptLabel: isPinned ? null : (form.promptName && form.promptLabel) || null,
      promptVersionId: isPinned ? (deployment?.prompt?.pinnedVersionId ?? null) : null,
      modelVersionId: form.modelVersionId || null,
      parameters: form.parameters,
      retries: form.retries,
      fallbackModelVersionIds: form.fallbackModelVersionIds.filter((id) => id !== ""),
    });
  }

  return (
    <Dialog
      width="lg"
      title={deployment ? `Edit “${deployment.name}”` : "Create a deployment"}
      description="Programs call it by its name at /v1/chat/completions. What it serves can change without touching them."
      isOpen={isOpen}
      onOpenChange={changeOpen}
      trigger={trigger}
      footer={
        <>
          <DialogClose />
          <Button type="submit" form={formId} variant="primary" isPending={isPending}>
            {deployment ? "Save deployment" : "Create deployment"}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={save} className="flex flex-col gap-4">
        <Field label="Name" name="name" error={issueOf("name")} description="What programs send as model.">
          <Input
            isCode
            required
            maxLength={64}
            autoComplete="off"
            readOnly={deployment !== undefined}
            value={form.name}
            onValueChange={(name) => change({ name })}
          />
        </Field>
        <Field label="Description" name="description" isOptional error={issueOf("description")}>
          <Input value={form.description} onValueChange={(description) => change({ description })} />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Prompt" name="promptName" error={issueOf("promptName")}>
            <Select
              options={[
                { value: "", label: "None: the caller's messages alone" },
                ...choices.prompts.map(({ name }) => ({ value: name, label: name })),
              ]}
              placeholder="None: the caller's messages alone"
              value={form.promptName}
              onValueChange={(promptName) =>
                change({ promptName, promptLabel: firstLabel(choices, promptName) })
              }
            />
          </Field>
          <Field
            label="Version"
            name="promptLabel"
            error={issueOf("promptLabel") ?? issueOf("promptVersionId")}
            description="The version a label points at, at the time of each call."
          >
            <Select
              isDisabled={!prompt}
              options={labelOptions(prompt, deployment)}
              value={form.promptLabel}
              onValueChange={(promptLabel) => change({ promptLabel })}
            />
          </Field>
        </div>
        <Field label="Model version" name="modelVersionId" error={issueOf("modelVersionId")}>
          <Select
            options={[
              { value: "", label: "None: only the A/B test serves" },
              ...choices.modelVersions.map(({ id, label, isSimulated }) => ({
                value: id,
                label,
                hint: isSimulated ? "Simulated" : undefined,
              })),
            ]}
            placeholder="None: only the A/B test serves"
            value={form.modelVersionId}
            onValueChange={(modelVersionId) => change({ modelVersionId })}
          />
        </Field>
        <Field
          label="A/B test"
          name="abTestKey"
          isOptional
          error={issueOf("abTestKey")}
          description="While it runs, each unit is served its variant instead."
        >
          <Select
            options={[
              { value: "", label: "None" },
              ...choices.abTests.map(({ key, name, status }) => ({
                value: key,
                label: name,
                hint: `${key}, ${status}`,
              })),
            ]}
            placeholder="None"
            value={form.abTestKey}
            onValueChange={(abTestKey) => change({ abTestKey })}
          />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Retries"
            name="retries"
            error={issueOf("retries")}
            description="After 429, 5xx or no answer."
          >
            <Select
              options={[0, 1, 2, 3, 4, 5].map((count) => ({
                value: String(count),
                label: count === 0 ? "None" : String(count),
              }))}
              value={String(form.retries)}
              onValueChange={(retries) => change({ retries: Number(retries) })}
            />
          </Field>
          <FallbacksField
            ids={form.fallbackModelVersionIds}
            choices={choices.modelVersions}
            error={issueOf("fallbackModelVersionIds")}
            onChange={(fallbackModelVersionIds) => change({ fallbackModelVersionIds })}
          />
        </div>
        <Checkbox
          label="Enabled"
          description="A disabled deployment answers 409."
          isChecked={form.isEnabled}
          onCheckedChange={(isEnabled) => change({ isEnabled })}
        />
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

type FallbacksFieldProps = {
  ids: string[];
  choices: DeploymentChoices["modelVersions"];
  error: string | null | undefined;
  onChange: (ids: string[]) => void;
};

const fallbackLimit = 5;

/** Model versions in the order they are tried; choosing one shows the place of the next. */
function FallbacksField({ ids, choices, error, onChange }: FallbacksFieldProps) {
  const places = ids.length < fallbackLimit ? [...ids, ""] : ids;
  return (
    <Field
      label="Fallbacks"
      name="fallbackModelVersionIds"
      isOptional
      error={error}
      description="Model versions tried in this order when the model fails. An A/B test still counts the call for the variant that was assigned."
    >
      <div className="flex flex-col gap-2">
        {places.map((id, place) => (
          <Select
            // A place is its position: nothing else tells two of them apart.
            // biome-ignore lint/suspicious/noArrayIndexKey: as said
            key={place}
            aria-label={`Fallback ${place + 1}`}
            options={[
              { value: "", label: id ? "Remove" : "None" },
              ...choices
                .filter((choice) => choice.id === id || !ids.includes(choice.id))
                .map((choice) => ({ value: choice.id, label: choice.label })),
            ]}
            placeholder={place === 0 ? "None" : "Add another"}
            value={id}
            onValueChange={(chosen) => onChange(places.with(place, chosen).filter((each) => each !== ""))}
          />
        ))}
      </div>
    </Field>
  );
}

function formOf(deployment: Deployment | undefined): Form {
  return {
    name: deployment?.name ?? "",
    description: deployment?.description ?? "",
    isEnabled: deployment?.isEnabled ?? true,
    abTestKey: deployment?.abTest?.key ?? "",
    promptName: deployment?.prompt?.name ?? "",
    promptLabel: deployment?.prompt?.pinnedVersionId ? pinned : (deployment?.prompt?.label ?? ""),
    modelVersionId: deployment?.modelVersion?.id ?? "",
    parameters: deployment?.parameters ?? {},
    retries: deployment?.retries ?? 0,
    fallbackModelVersionIds: deployment?.fallbackModelVersionIds ?? [],
  };
}

function labelOptions(
  prompt: DeploymentChoices["prompts"][number] | undefined,
  deployment: Deployment | undefined,
) {
  const labels = (prompt?.labels ?? []).map(({ name, number }) => ({
    value: name,
    label: name,
    hint: `v${number} now`,
  }));
  const isSame = prompt && deployment?.prompt?.name === prompt.name && deployment.prompt.pinnedVersionId;
  return isSame
    ? [...labels, { value: pinned, label: `v${deployment.prompt?.versionNumber}`, hint: "Pinned" }]
    : labels;
}

function firstLabel(choices: DeploymentChoices, promptName: string): string {
  const labels = choices.prompts.find((each) => each.name === promptName)?.labels ?? [];
  return (labels.find((label) => label.name === "production") ?? labels[0])?.name ?? "";
}
