"use client";

import { Plus, Trash2 } from "lucide-react";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { AbTestChoices } from "#lib/abtests/list-choices.ts";
import { emptyVariant, equalWeights, type VariantState } from "./form-state.ts";

type VariantFieldsProps = {
  variants: readonly VariantState[];
  choices: AbTestChoices;
  onChange: (variants: VariantState[]) => void;
  issueOf: (path: string) => string | null;
};

const letters = ["A", "B", "C", "D", "E", "F"];

/** What each variant serves, and its share of the traffic. A is the control. */
export function VariantFields({ variants, choices, onChange, issueOf }: VariantFieldsProps) {
  const change = (index: number, fields: Partial<VariantState>) =>
    onChange(variants.map((variant, i) => (i === index ? { ...variant, ...fields } : variant)));
  const resize = (next: VariantState[]) => {
    const weights = equalWeights(next.length);
    onChange(next.map((variant, i) => ({ ...variant, weight: weights[i]! })));
  };
  const total = variants.reduce((sum, variant) => sum + Number(variant.weight.replace(",", ".")), 0);

  return (
    <div className="flex flex-col gap-4">
      {variants.map((variant, index) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: a variant is its letter, which is its place
          key={index}
          className="flex flex-col gap-3 border-l-2 pl-4"
          style={{ borderColor: `var(--variant-${letters[index]!.toLowerCase()})` }}
        >
          <legend className="sr-only">Variant {letters[index]}</legend>
          <div className="flex items-center justify-between gap-3">
            <VariantMark index={index} name={index === 0 ? "control" : undefined} />
            {variants.length > 2 && index > 0 && (
              <Button
                size="sm"
                variant="quiet"
                aria-label={`Remove variant ${letters[index]}`}
                onClick={() => resize(variants.filter((_, i) => i !== index))}
              >
                <Trash2 aria-hidden="true" />
                Remove
              </Button>
            )}
          </div>
          <div className="grid gap-3 sm:grid-cols-[2fr_2fr_1fr]">
            <Field label="Prompt version" error={issueOf(`variants.${index}.promptVersionId`)}>
              <Select
                options={choices.promptVersions.map(({ id, promptName, number, message, labels }) => ({
                  value: id,
                  label: `${promptName} v${number}`,
                  hint: [labels.join(", "), message].filter(Boolean).join(" · ") || undefined,
                }))}
                value={variant.promptVersionId || null}
                onValueChange={(promptVersionId) => change(index, { promptVersionId })}
              />
            </Field>
            <Field label="Model version" error={issueOf(`variants.${index}.modelVersionId`)}>
              <Select
                options={choices.modelVersions.map(
                  ({ id, modelName, number, providerModel, isSimulated }) => ({
                    value: id,
                    label: `${modelName} v${number}`,
                    hint: isSimulated ? `${providerModel} · simulated` : providerModel,
                  }),
                )}
                value={variant.modelVersionId || null}
                onValueChange={(modelVersionId) => change(index, { modelVersionId })}
              />
            </Field>
            <Field label="Share, %" error={issueOf(`variants.${index}.weight`)}>
              <Input
                inputMode="decimal"
                value={variant.weight}
                onValueChange={(weight) => change(index, { weight })}
              />
            </Field>
          </div>
          <details className="text-sm">
            <summary className="cursor-default text-muted select-none hover:text-text">
              Parameters over the prompt’s own{overridden(variant)}
            </summary>
            <div className="mt-2 grid grid-cols-2 gap-3 sm:grid-cols-5">
              {parameterFields.map(({ name, label }) => (
                <Field key={name} label={label} error={issueOf(`variants.${index}.parameters.${name}`)}>
                  <Input
                    value={variant[name]}
                    inputMode={name === "stop" ? "text" : "decimal"}
                    placeholder="as is"
                    onValueChange={(value) => change(index, { [name]: value })}
                  />
                </Field>
              ))}
            </div>
          </details>
        </fieldset>
      ))}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        {variants.length < letters.length && (
          <Button size="sm" onClick={() => resize([...variants, { ...emptyVariant }])}>
            <Plus aria-hidden="true" />
            Add variant {letters[variants.length]}
          </Button>
        )}
        <p
          className={Math.abs(total - 100) > 1e-6 ? "text-xs text-harm" : "text-xs text-muted"}
          role={issueOf("variants") ? "alert" : undefined}
        >
          {issueOf("variants") ??
            (Math.abs(total - 100) > 1e-6
              ? `The shares add up to ${Number.isFinite(total) ? Number(total.toFixed(2)) : "no number"}; they must add up to 100.`
              : "The shares add up to 100%.")}
        </p>
      </div>
    </div>
  );
}

const parameterFields = [
  { name: "temperature", label: "Temperature" },
  { name: "topP", label: "Top p" },
  { name: "maxTokens", label: "Max tokens" },
  { name: "seed", label: "Seed" },
  { name: "stop", label: "Stop" },
] as const satisfies { name: keyof VariantState; label: string }[];

function overridden(variant: VariantState): string {
  const count = parameterFields.filter(({ name }) => variant[name].trim() !== "").length;
  return count > 0 ? ` (${count} set)` : "";
}
