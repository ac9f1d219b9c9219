"use client";

import { useState } from "react";
import type { JsonObject } from "#lib/core/json.ts";
import type { EvaluatorConfig, Normalization } from "#lib/evaluations/evaluators/config.ts";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { Textarea } from "../ui/textarea.tsx";
import type { ModelChoice } from "./start-choices.ts";

type EvaluatorFieldsProps = {
  config: EvaluatorConfig;
  models: readonly ModelChoice[];
  onChange: (config: EvaluatorConfig) => void;
  issueOf: (path: string) => string | null;
};

/** What one evaluator can be told. */
export function EvaluatorFields({ config, models, onChange, issueOf }: EvaluatorFieldsProps) {
  switch (config.type) {
    case "exact_match":
    case "levenshtein":
      return (
        <NormalizationFields
          value={config.normalization}
          onChange={(normalization) => onChange({ ...config, normalization })}
        />
      );
    case "contains":
      return (
        <>
          <Field
            label="Texts, one a line"
            isOptional
            description="The item's expected answers unless given."
            error={issueOf("texts")}
          >
            <Textarea
              rows={2}
              defaultValue={config.texts?.join("\n")}
              onChange={(event) => onChange({ ...config, texts: linesOf(event.target.value) })}
            />
          </Field>
          <NormalizationFields
            value={config.normalization}
            onChange={(normalization) => onChange({ ...config, normalization })}
          />
        </>
      );
    case "regex":
      return (
        <>
          <Field label="Pattern" error={issueOf("pattern")}>
            <Input
              isCode
              value={config.pattern}
              placeholder="^[A-Z]{3}$"
              onValueChange={(pattern) => onChange({ ...config, pattern })}
            />
          </Field>
          <Checkbox
            label="Letter case does not matter"
            isChecked={config.flags.includes("i")}
            onCheckedChange={(isChecked) => onChange({ ...config, flags: isChecked ? "i" : "" })}
          />
          <Checkbox
            label="The answer must not match"
            isChecked={!config.shouldMatch}
            onCheckedChange={(isChecked) => onChange({ ...config, shouldMatch: !isChecked })}
          />
        </>
      );
    case "json_schema":
      return (
        <SchemaField
          schema={config.schema}
          onChange={(schema) => onChange({ ...config, schema })}
          error={issueOf("schema")}
        />
      );
    case "json_field_match":
      return (
        <>
          <Field
            label="Field of the answer"
            description="Members separated by dots: answer.city"
            error={issueOf("field")}
          >
            <Input isCode value={config.field} onValueChange={(field) => onChange({ ...config, field })} />
          </Field>
          <NormalizationFields
            value={config.normalization}
            onChange={(normalization) => onChange({ ...config, normalization })}
          />
        </>
      );
    case "numeric_tolerance":
      return (
        <div className="grid gap-3 sm:grid-cols-2">
          <NumberField
            label="Absolute tolerance"
            value={config.absolute}
            onChange={(absolute) => onChange({ ...config, absolute })}
          />
          <NumberField
            label="Relative tolerance"
            description="0.01 is one per cent of the expected number."
            value={config.relative}
            onChange={(relative) => onChange({ ...config, relative })}
          />
        </div>
      );
    case "latency_ms":
      return (
        <NumberField
          label="At most, in milliseconds"
          value={config.maximumMs ?? 0}
          onChange={(maximumMs) => onChange({ ...config, maximumMs })}
        />
      );
    case "cost_usd":
      return (
        <NumberField
          label="At most, in US dollars a call"
          value={config.maximumUsd ?? 0}
          onChange={(maximumUsd) => onChange({ ...config, maximumUsd })}
        />
      );
    case "llm_judge":
      return (
        <>
          <Field label="Judge" error={issueOf("modelVersionId")}>
            <Select
              value={config.modelVersionId || null}
              onValueChange={(modelVersionId) => onChange({ ...config, modelVersionId })}
              options={models.map(({ id, label, hint }) => ({ value: id, label, hint }))}
              placeholder="Choose a model version…"
            />
          </Field>
          <Field
            label="Rubric"
            description="What a good answer is; the judge grades from 1 to 5 and says why."
            error={issueOf("rubric")}
          >
            <Textarea
              value={config.rubric}
              onChange={(event) => onChange({ ...config, rubric: event.target.value })}
            />
          </Field>
        </>
      );
  }
}

type NormalizationFieldsProps = { value: Normalization; onChange: (value: Normalization) => void };

function NormalizationFields({ value, onChange }: NormalizationFieldsProps) {
  return (
    <div className="flex flex-wrap gap-x-5 gap-y-1.5">
      <Checkbox
        label="Ignore case"
        isChecked={value.ignoresCase}
        onCheckedChange={(ignoresCase) => onChange({ ...value, ignoresCase })}
      />
      <Checkbox
        label="Ignore punctuation"
        isChecked={value.ignoresPunctuation}
        onCheckedChange={(ignoresPunctuation) => onChange({ ...value, ignoresPunctuation })}
      />
      <Checkbox
        label="Ignore a, an, the"
        isChecked={value.ignoresArticles}
        onCheckedChange={(ignoresArticles) => onChange({ ...value, ignoresArticles })}
      />
    </div>
  );
}

type SchemaFieldProps = { schema: JsonObject; onChange: (schema: JsonObject) => void; error: string | null };

function SchemaField({ schema, onChange, error }: SchemaFieldProps) {
  const [fault, setFault] = useState<string | null>(null);
  return (
    <Field label="Schema" description="JSON Schema, draft 2020-12." error={fault ?? error}>
      <Textarea
        isCode
        defaultValue={JSON.stringify(schema, null, 2)}
        onChange={(event) => {
          const parsed = parseObject(event.target.value);
          setFault(parsed ? null : "This is not a JSON object yet.");
          if (parsed) onChange(parsed);
        }}
      />
    </Field>
  );
}

type NumberFieldProps = {
  label: string;
  description?: string;
  value: number;
  onChange: (value: number) => void;
};

function NumberField({ label, description, value, onChange }: NumberFieldProps) {
  return (
    <Field label={label} description={description}>
      <Input
        type="number"
        min={0}
        step="any"
        defaultValue={value}
        onValueChange={(text) => onChange(Number(text))}
      />
    </Field>
  );
}

function linesOf(text: string): string[] | undefined {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.length > 0 ? lines : undefined;
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}
