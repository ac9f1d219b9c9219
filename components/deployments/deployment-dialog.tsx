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
