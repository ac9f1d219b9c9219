"use client";

import { memo, useState } from "react";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Section } from "../ui/section.tsx";
import { Select } from "../ui/select.tsx";
import { Textarea } from "../ui/textarea.tsx";

type ParametersSectionProps = {
  parameters: SamplingParameters;
  isReadOnly: boolean;
  onChange: (parameters: SamplingParameters) => void;
};

/** How the model samples. An empty field is left out of the request: then the provider's own default holds. */
export const ParametersSection = memo(function ParametersSection({
  parameters,
  isReadOnly,
  onChange,
}: ParametersSectionProps) {
  const set = (change: Partial<SamplingParameters>) => {
    const entries = Object.entries({ ...parameters, ...change }).filter(([, value]) => value !== undefined);
    onChange(Object.fromEntries(entries) as SamplingParameters);
  };
  return (
    <Section
      title="Sampling"
      description="Saved with the version. An empty field leaves the provider's default."
    >
      <div className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
        {numbers.map((each) => (
          <NumberField
            key={each.name}
            {...each}
            value={parameters[each.name]}
            isReadOnly={isReadOnly}
            onChange={(value) => set({ [each.name]: value })}
          />
        ))}
        <Field label="Reasoning effort">
          <Select
            options={efforts}
            value={parameters.reasoningEffort ?? "default"}
            isDisabled={isReadOnly}
            onValueChange={(value) => set({ reasoningEffort: value === "default" ? undefined : value })}
          />
        </Field>
        <StopField stop={parameters.stop} isReadOnly={isReadOnly} onChange={(stop) => set({ stop })} />
      </div>
    </Section>
  );
});

type NumericName = Exclude<keyof SamplingParameters, "stop" | "reasoningEffort">;
type NumberSpec = {
  name: NumericName;
  label: string;
  minimum?: number;
  maximum?: number;
  isWhole?: boolean;
  hint: string;
};

const numbers: readonly NumberSpec[] = [
  { name: "temperature", label: "Temperature", minimum: 0, maximum: 2, hint: "0 to 2" },
  { name: "topP", label: "Top p", minimum: 0, maximum: 1, hint: "0 to 1" },
  { name: "topK", label: "Top k", minimum: 1, isWhole: true, hint: "1 or more" },
  { name: "maxTokens", label: "Max tokens", minimum: 1, isWhole: true, hint: "1 or more" },
  { name: "seed", label: "Seed", isWhole: true, hint: "A whole number" },
  { name: "frequencyPenalty", label: "Frequency penalty", minimum: -2, maximum: 2, hint: "−2 to 2" },
  { name: "presencePenalty", label: "Presence penalty", minimum: -2, maximum: 2, hint: "−2 to 2" },
];

type NumberFieldProps = NumberSpec & {
  value: number | undefined;
  isReadOnly: boolean;
  onChange: (value: number | undefined) => void;
};

function NumberField({
  label,
  minimum,
  maximum,
  isWhole,
  hint,
  value,
  isReadOnly,
  onChange,
}: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? (value === undefined ? "" : String(value));
  const read = (text: string) => (text.trim() === "" ? undefined : Number(text));
  const isRight = (number: number | undefined) =>
    number === undefined ||
    (Number.isFinite(number) &&
      number >= (minimum ?? -Infinity) &&
      number <= (maximum ?? Infinity) &&
      (!isWhole || Number.isSafeInteger(number)));
  return (
    <Field label={label} error={isRight(read(shown)) ? null : `${hint}.`}>
      <Input
        isCode
        inputMode="decimal"
        placeholder={hint}
        value={shown}
        readOnly={isReadOnly}
        onBlur={() => setTyped(null)}
        onValueChange={(text) => {
          setTyped(text);
          const number = read(text);
          if (isRight(number)) onChange(number);
        }}
      />
    </Field>
  );
}

type StopFieldProps = {
  stop: string[] | undefined;
  isReadOnly: boolean;
  onChange: (stop: string[] | undefined) => void;
};

function StopField({ stop, isReadOnly, onChange }: StopFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Field label="Stop sequences" description="One a line, up to 4." className="col-span-2">
      <Textarea
        isCode
        rows={2}
        value={typed ?? stop?.join("\n") ?? ""}
        readOnly={isReadOnly}
        onBlur={() => setTyped(null)}
        onChange={(event) => {
          setTyped(event.target.value);
          const lines = event.target.value.split("\n").filter((line) => line !== "");
          onChange(lines.length === 0 ? undefined : lines.slice(0, 4));
        }}
      />
    </Field>
  );
}

const efforts = [
  { value: "default", label: "Default" },
  { value: "none", label: "None" },
  { value: "minimal", label: "Minimal" },
  { value: "low", label: "Low" },
  { value: "medium", label: "Medium" },
  { value: "high", label: "High" },
  { value: "xhigh", label: "Extra high" },
] as const;
