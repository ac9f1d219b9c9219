"use client";

import { memo, useState } from "react";
import type { Json, JsonObject } from "#lib/core/json.ts";
import type { DatasetRows } from "#lib/playground/read-rows.ts";
import type { PlaygroundSetup } from "#lib/playground/schema.ts";
import { rowLimit } from "#lib/playground/words.ts";
import type { ChatMessage, PlaceholderValues, VariableDeclaration } from "#lib/prompts/schema.ts";
import { readValue, spellValue } from "#lib/prompts/variable-value.ts";
import { messageRoles } from "#lib/prompts/words.ts";
import type { DatasetChoice } from "../evaluations/start-choices.ts";
import { JsonField } from "../prompts/json-field.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { countOf } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { Textarea } from "../ui/textarea.tsx";

type InputsPanelProps = {
  variables: readonly VariableDeclaration[];
  placeholders: readonly string[];
  setup: Pick<PlaygroundSetup, "variables" | "placeholders" | "messages" | "dataset">;
  datasets: readonly DatasetChoice[];
  loaded: DatasetRows | null;
  onChange: (part: Partial<PlaygroundSetup>) => void;
};

/** What all columns are asked with: one set of variables, or the items of a dataset as rows. */
export const InputsPanel = memo(function InputsPanel(props: InputsPanelProps) {
  const { variables, placeholders, setup, datasets, loaded, onChange } = props;
  const { dataset } = setup;
  const [hasMessages, setHasMessages] = useState(setup.messages.length > 0);
  const known = new Set(dataset ? loaded?.rows.flatMap((row) => Object.keys(row.variables)) : []);
  const asked = variables.filter((each) => !known.has(each.name));

  return (
    <section aria-label="Variables and rows" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
        <Field label="Inputs" className="w-full max-w-72">
          <Select
            options={[
              { value: "variables", label: "One set of variables" },
              ...datasets.map((each) => ({
                value: each.versionId,
                label: each.label,
                hint: countOf(each.itemCount, "item"),
              })),
            ]}
            value={dataset?.datasetVersionId ?? "variables"}
            onValueChange={(value) =>
              onChange({
                dataset:
                  value === "variables"
                    ? null
                    : { datasetVersionId: value, start: 0, count: dataset?.count ?? 5 },
              })
            }
          />
        </Field>
        {dataset && (
          <>
            <Field label="First item" className="w-24">
              <Input
                type="number"
                min={1}
                max={10_000}
                value={String(dataset.start + 1)}
                onValueChange={(text) => {
                  const start = Number(text) - 1;
                  if (Number.isInteger(start) && start >= 0 && start < 10_000)
                    onChange({ dataset: { ...dataset, start } });
                }}
              />
            </Field>
            <Field label="Items" className="w-24">
              <Input
                type="number"
                min={1}
                max={rowLimit}
                value={String(dataset.count)}
                onValueChange={(text) => {
                  const count = Number(text);
                  if (Number.isInteger(count) && count >= 1 && count <= rowLimit)
                    onChange({ dataset: { ...dataset, count } });
                }}
              />
            </Field>
            <p className="min-h-8 text-sm leading-8 text-muted">
              {loaded
                ? `${countOf(loaded.rows.length, "row")} of ${countOf(loaded.itemCount, "item")}, at most ${rowLimit} at once`
                : "Reading the items…"}
            </p>
          </>
        )}
        <span className="hidden flex-1 sm:block" />
        {!hasMessages && (
          <Button variant="quiet" onClick={() => setHasMessages(true)}>
            Add messages after the prompt
          </Button>
        )}
      </div>
      {asked.length > 0 && (
        <div className="grid grid-cols-1 gap-x-4 gap-y-3 sm:grid-cols-2 xl:grid-cols-3">
          {asked.map((variable) => (
            <VariableField
              key={variable.name}
              variable={variable}
              value={setup.variables[variable.name]}
              onChange={(value) => onChange({ variables: withValue(setup.variables, variable.name, value) })}
            />
          ))}
        </div>
      )}
      {variables.length === 0 && !dataset && (
        <p className="text-sm text-muted">
          Write <code>{"{{name}}"}</code> in a message, and its field appears here.
        </p>
      )}
      {placeholders.map((name) => (
        <MessagesField
          key={name}
          label={`Messages of the placeholder “${name}”`}
          messages={setup.placeholders[name] ?? []}
          onChange={(messages) =>
            onChange({ placeholders: withMessages(setup.placeholders, name, messages) })
          }
        />
      ))}
      {hasMessages && (
        <MessagesField
          label="Messages after the prompt"
          messages={setup.messages}
          onChange={(messages) => onChange({ messages })}
          onRemove={() => {
            setHasMessages(false);
            onChange({ messages: [] });
          }}
        />
      )}
    </section>
  );
});

type VariableFieldProps = {
  variable: VariableDeclaration;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
};

/** A text as it is, anything else as JSON; what is typed stays as typed while it is not yet of the type. */
function VariableField({ variable, value, onChange }: VariableFieldProps) {
  const { name, type, description } = variable;
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? spellValue(value);
  const isWrong = shown !== "" && readValue(type, shown) === undefined;
  const fallback = spellValue(variable.default);
  return (
    <Field
      label={
        <>
          <code>{name}</code>
          {type !== "string" && <span className="font-normal text-muted"> {type}</span>}
        </>
      }
      description={description || undefined}
      error={isWrong ? `This must be ${articles[type]}.` : null}
    >
      <Textarea
        rows={1}
        isCode={type !== "string"}
        style={{ maxHeight: "14rem" }}
        value={shown}
        placeholder={fallback ? `${fallback} (default)` : spellValue(variable.example)}
        onBlur={() => {
          if (!isWrong) setTyped(null);
        }}
        onChange={(event) => {
          const text = event.target.value;
          setTyped(text);
          const read = text === "" ? undefined : readValue(type, text);
          if (text === "" || read !== undefined) onChange(read);
        }}
      />
    </Field>
  );
}

type MessagesFieldProps = {
  label: string;
  messages: ChatMessage[];
  onChange: (messages: ChatMessage[]) => void;
  onRemove?: () => void;
};

function MessagesField({ label, messages, onChange, onRemove }: MessagesFieldProps) {
  return (
    <div className="flex flex-col gap-1">
      <JsonField
        label={label}
        value={messages as unknown as Json}
        check={faultOfMessages}
        isReadOnly={false}
        onValidity={() => {}}
        onChange={(value) => onChange(value as unknown as ChatMessage[])}
      />
      {onRemove && (
        <div>
          <Button size="sm" variant="quiet" onClick={onRemove}>
            Remove these messages
          </Button>
        </div>
      )}
    </div>
  );
}

function faultOfMessages(value: Json): string | null {
  if (!Array.isArray(value)) return 'Messages are a list: [{ "role": "user", "content": "…" }].';
  const wrong = value.findIndex(
    (each) =>
      typeof each !== "object" ||
      each === null ||
      Array.isArray(each) ||
      !messageRoles.includes(each.role as never) ||
      (typeof each.content !== "string" && !Array.isArray(each.content)),
  );
  return wrong < 0
    ? null
    : `Message ${wrong + 1} needs a role (${messageRoles.join(", ")}) and a content that is text or a list of parts.`;
}

function withValue(variables: JsonObject, name: string, value: Json | undefined): JsonObject {
  const { [name]: _, ...rest } = variables;
  return value === undefined ? rest : { ...rest, [name]: value };
}

function withMessages(all: PlaceholderValues, name: string, messages: ChatMessage[]): PlaceholderValues {
  return { ...all, [name]: messages };
}

const articles: Record<VariableDeclaration["type"], string> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  list: "a list in JSON",
  object: "an object in JSON",
};
