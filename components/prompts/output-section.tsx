"use client";

import { Plus, Trash2 } from "lucide-react";
import { memo } from "react";
import type { Json, JsonObject } from "#lib/core/json.ts";
import type { ResponseFormat, Tool, ToolChoice } from "#lib/prompts/schema.ts";
import { faultOfToolName } from "#lib/prompts/tool-name.ts";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Section } from "../ui/section.tsx";
import { Select } from "../ui/select.tsx";
import { Textarea } from "../ui/textarea.tsx";
import { JsonField } from "./json-field.tsx";

type OutputSectionProps = {
  responseFormat: ResponseFormat;
  tools: readonly Tool[];
  toolChoice: ToolChoice;
  isReadOnly: boolean;
  onChange: (
    change: Partial<{ responseFormat: ResponseFormat; tools: Tool[]; toolChoice: ToolChoice }>,
  ) => void;
  onValidity: (field: string, isValid: boolean) => void;
};

/** What the model may answer with: text, JSON, JSON of a schema, or calls of tools. */
export const OutputSection = memo(function OutputSection({
  responseFormat: format,
  tools,
  toolChoice,
  isReadOnly,
  onChange,
  onValidity,
}: OutputSectionProps) {
  const setTool = (index: number, change: Partial<Tool["function"]>) =>
    onChange({
      tools: tools.map((each, at) =>
        at === index ? { ...each, function: { ...each.function, ...change } } : each,
      ),
    });
  return (
    <Section
      title="Answer format and tools"
      actions={
        !isReadOnly && (
          <Button size="sm" onClick={() => onChange({ tools: [...tools, newTool(tools)] })}>
            <Plus aria-hidden="true" />
            Add tool
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
          <Field label="Answer format">
            <Select
              options={formats}
              value={format.type}
              isDisabled={isReadOnly}
              onValueChange={(type) => {
                onValidity("schema", true);
                onChange({ responseFormat: formatOf(type) });
              }}
            />
          </Field>
          {format.type === "json_schema" && (
            <Field label="Schema name">
              <Input
                isCode
                value={format.name}
                readOnly={isReadOnly}
                onValueChange={(name) => onChange({ responseFormat: { ...format, name } })}
              />
            </Field>
          )}
          {tools.length > 0 && (
            <Field label="Tool choice">
              <Select
                options={choicesOf(tools)}
                value={typeof toolChoice === "string" ? toolChoice : `tool:${toolChoice.function.name}`}
                isDisabled={isReadOnly}
                onValueChange={(value) => onChange({ toolChoice: choiceOf(value) })}
              />
            </Field>
          )}
        </div>
        {format.type === "json_schema" && (
          <>
            <Checkbox
              label="Strict"
              description="The provider guarantees the schema; it then allows fewer keywords."
              isChecked={format.isStrict}
              isDisabled={isReadOnly}
              onCheckedChange={(isStrict) => onChange({ responseFormat: { ...format, isStrict } })}
            />
            <JsonField
              label="JSON schema of the answer"
              value={format.schema}
              check={faultOfObject}
              loadCheck={loadSchemaCheck}
              isReadOnly={isReadOnly}
              onValidity={(isValid) => onValidity("schema", isValid)}
              onChange={(schema) => onChange({ responseFormat: { ...format, schema: schema as JsonObject } })}
            />
          </>
        )}
        {tools.map((each, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being edited
          <div key={index} className="flex flex-col gap-3 rounded-lg border border-border p-3">
            <div className="flex items-end gap-2">
              <Field
                label="Tool"
                className="w-56 min-w-0"
                error={
                  faultOfToolName(
                    each.function.name,
                    tools.slice(0, index).map((other) => other.function.name),
                  ) ?? null
                }
              >
                <Input
                  isCode
                  value={each.function.name}
                  readOnly={isReadOnly}
                  onValueChange={(name) => setTool(index, { name })}
                />
              </Field>
              <span className="flex-1" />
              {!isReadOnly && (
                <Button
                  variant="quiet"
                  size="icon"
                  aria-label={`Remove ${each.function.name}`}
                  onClick={() => {
                    onValidity(`tool ${index}`, true);
                    onChange({ tools: tools.toSpliced(index, 1) });
                  }}
                >
                  <Trash2 aria-hidden="true" />
                </Button>
              )}
            </div>
            <Field label="Description">
              <Textarea
                rows={2}
                value={each.function.description ?? ""}
                readOnly={isReadOnly}
                onChange={(event) => setTool(index, { description: event.target.value || undefined })}
              />
            </Field>
            <JsonField
              // A removed tool moves the others up, and this field keeps its own text.
              key={tools.length}
              label="JSON schema of its arguments"
              value={each.function.parameters ?? emptySchema}
              check={faultOfObject}
              loadCheck={loadSchemaCheck}
              isReadOnly={isReadOnly}
              onValidity={(isValid) => onValidity(`tool ${index}`, isValid)}
              onChange={(parameters) => setTool(index, { parameters: parameters as JsonObject })}
            />
          </div>
        ))}
      </div>
    </Section>
  );
});

function faultOfObject(value: Json): string | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? null
    : "A schema is an object: {…}.";
}

/** The very check of the save. */
const loadSchemaCheck = async () => {
  const { faultOfSchema } = await import("#lib/prompts/check-content.ts");
  return (value: Json) => faultOfSchema(value as JsonObject) ?? null;
};

function formatOf(type: ResponseFormat["type"]): ResponseFormat {
  if (type !== "json_schema") return { type };
  const schema = {
    type: "object",
    properties: { answer: { type: "string" } },
    required: ["answer"],
    additionalProperties: false,
  };
  return { type, name: "answer", schema, isStrict: true };
}

function newTool(existing: readonly Tool[]): Tool {
  const names = new Set(existing.map((each) => each.function.name));
  let name = "look_up";
  for (let number = 2; names.has(name); number++) name = `look_up_${number}`;
  const parameters = { type: "object", properties: { query: { type: "string" } }, required: ["query"] };
  return { type: "function", function: { name, description: "", parameters } };
}

function choicesOf(tools: readonly Tool[]) {
  return [
    { value: "auto", label: "Auto" },
    { value: "none", label: "None" },
    { value: "required", label: "Any tool" },
    ...tools.map((each) => ({ value: `tool:${each.function.name}`, label: each.function.name })),
  ];
}

function choiceOf(value: string): ToolChoice {
  if (value === "auto" || value === "none" || value === "required") return value;
  return { type: "function", function: { name: value.slice("tool:".length) } };
}

const emptySchema = { type: "object", properties: {} };

const formats = [
  { value: "text", label: "Text" },
  { value: "json", label: "JSON", hint: "Any JSON object" },
  { value: "json_schema", label: "JSON schema", hint: "JSON of one shape" },
] as const;
