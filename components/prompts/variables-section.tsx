"use client";

import { Plus, Trash2, TriangleAlert } from "lucide-react";
import { memo, useCallback, useRef, useState } from "react";
import type { Json } from "#lib/core/json.ts";
import type { TemplateProblem } from "#lib/prompts/problem.ts";
import type { VariableDeclaration } from "#lib/prompts/schema.ts";
import { readValue, spellValue } from "#lib/prompts/variable-value.ts";
import { type VariableType, variableTypes } from "#lib/prompts/words.ts";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { classNames } from "../ui/class-names.ts";
import { Input } from "../ui/input.tsx";
import { Section } from "../ui/section.tsx";
import { Select } from "../ui/select.tsx";
import { Table, Td, Th } from "../ui/table.tsx";

type VariablesSectionProps = {
  variables: readonly VariableDeclaration[];
  /** Used in the template and not declared, with the type their use suggests. */
  undeclared: readonly VariableDeclaration[];
  problems: readonly TemplateProblem[];
  isReadOnly: boolean;
  onChange: (variables: VariableDeclaration[]) => void;
};

/** What the template is filled with: each variable's type, default, example and meaning. */
export const VariablesSection = memo(function VariablesSection({
  variables,
  undeclared,
  problems,
  isReadOnly,
  onChange,
}: VariablesSectionProps) {
  const [isLong, setLong] = useState(false);
  const shown = isLong ? variables : variables.slice(0, rowsAtFirst);
  const latest = useRef({ variables, onChange });
  latest.current = { variables, onChange };
  const changeRow = useCallback((index: number, next: VariableDeclaration | null) => {
    const { variables, onChange } = latest.current;
    onChange(next ? variables.with(index, next) : variables.toSpliced(index, 1));
  }, []);
  const declare = (found: readonly VariableDeclaration[]) => onChange([...variables, ...found]);
  return (
    <Section
      title="Variables"
      description="Write {{name}} in a message. A default stands in when no value is given; an example shows what to expect."
      actions={
        !isReadOnly && (
          <Button size="sm" onClick={() => declare([newVariable(variables)])}>
            <Plus aria-hidden="true" />
            Add variable
          </Button>
        )
      }
    >
      {undeclared.length > 0 && !isReadOnly && (
        <div className="mb-3 flex flex-wrap items-center gap-2 text-sm text-muted">
          Used but not declared:
          {undeclared.map((each) => (
            <Button key={each.name} size="sm" onClick={() => declare([each])}>
              <Plus aria-hidden="true" />
              <code>{each.name}</code>
            </Button>
          ))}
          {undeclared.length > 1 && (
            <Button size="sm" variant="quiet" onClick={() => declare(undeclared)}>
              Declare all
            </Button>
          )}
        </div>
      )}
      {variables.length > 0 && (
        // The hidden inputs of checkboxes are placed absolutely: without this box they would widen a narrow page.
        <div className="relative overflow-x-clip">
          <Table label="Variables">
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>Type</Th>
                <Th>Required</Th>
                <Th>Default</Th>
                <Th>Example</Th>
                <Th>Description</Th>
                {!isReadOnly && (
                  <Th>
                    <span className="sr-only">Remove</span>
                  </Th>
                )}
              </tr>
            </thead>
            <tbody>
              {shown.map((variable, index) => (
                <VariableRow
                  // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being edited
                  key={index}
                  variable={variable}
                  problem={problems.find((problem) => problem.path === `variables.${index}`)}
                  isReadOnly={isReadOnly}
                  index={index}
                  onChange={changeRow}
                />
              ))}
            </tbody>
          </Table>
          {shown.length < variables.length && (
            <Button size="sm" variant="quiet" className="mt-2" onClick={() => setLong(true)}>
              Show all {variables.length} variables
            </Button>
          )}
        </div>
      )}
    </Section>
  );
});

// Two hundred rows of controls would make the page slow to open for the few that are looked at.
const rowsAtFirst = 25;

type VariableRowProps = {
  variable: VariableDeclaration;
  problem: TemplateProblem | undefined;
  isReadOnly: boolean;
  index: number;
  /** null removes the variable. */
  onChange: (index: number, variable: VariableDeclaration | null) => void;
};

const VariableRow = memo(function VariableRow(props: VariableRowProps) {
  const { variable, problem, isReadOnly, index } = props;
  const onChange = (next: VariableDeclaration) => props.onChange(index, next);
  const { name, type } = variable;
  return (
    <tr>
      <Td className="min-w-28">
        <div className="flex items-center gap-1">
          <Input
            isCode
            aria-label="Name"
            value={name}
            readOnly={isReadOnly}
            onValueChange={(next) => onChange({ ...variable, name: next })}
          />
          {problem && (
            <span
              role="img"
              title={problem.message}
              aria-label={problem.message}
              className={problem.severity === "error" ? "text-harm" : "text-unresolved"}
            >
              <TriangleAlert className="size-4" aria-hidden="true" />
            </span>
          )}
        </div>
      </Td>
      <Td className="min-w-24">
        <Select
          aria-label={`Type of ${name}`}
          options={typeOptions}
          value={type}
          isDisabled={isReadOnly}
          onValueChange={(next) => onChange(withType(variable, next))}
        />
      </Td>
      <Td>
        <Checkbox
          aria-label={`${name} is required`}
          isChecked={variable.isRequired}
          isDisabled={isReadOnly}
          onCheckedChange={(isRequired) => onChange({ ...variable, isRequired })}
        />
      </Td>
      <Td className="min-w-24">
        <ValueInput
          label={`Default of ${name}`}
          type={type}
          value={variable.default}
          isReadOnly={isReadOnly}
          onChange={(value) => onChange({ ...variable, default: value })}
        />
      </Td>
      <Td className="min-w-24">
        <ValueInput
          label={`Example of ${name}`}
          type={type}
          value={variable.example}
          isReadOnly={isReadOnly}
          onChange={(value) => onChange({ ...variable, example: value })}
        />
      </Td>
      <Td className="min-w-28">
        <Input
          aria-label={`Description of ${name}`}
          value={variable.description}
          readOnly={isReadOnly}
          onValueChange={(description) => onChange({ ...variable, description })}
        />
      </Td>
      {!isReadOnly && (
        <Td>
          <Button
            variant="quiet"
            size="icon"
            aria-label={`Remove ${name}`}
            onClick={() => props.onChange(index, null)}
          >
            <Trash2 aria-hidden="true" />
          </Button>
        </Td>
      )}
    </tr>
  );
});

type ValueInputProps = {
  label: string;
  type: VariableType;
  value: Json | undefined;
  isReadOnly?: boolean;
  placeholder?: string;
  onChange: (value: Json | undefined) => void;
};

/** A value of a variable as text: a text as it is, anything else as JSON. Empty is no value. */
export function ValueInput({ label, type, value, isReadOnly, placeholder, onChange }: ValueInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? spellValue(value);
  const isWrong = shown !== "" && readValue(type, shown) === undefined;
  return (
    <Input
      isCode
      aria-label={label}
      aria-invalid={isWrong || undefined}
      title={isWrong ? `This must be ${articles[type]}.` : undefined}
      placeholder={placeholder ?? (type === "list" ? "[…]" : type === "object" ? "{…}" : "")}
      value={shown}
      readOnly={isReadOnly}
      className={classNames(isWrong && "text-harm")}
      onBlur={() => setTyped(null)}
      onValueChange={(text) => {
        setTyped(text);
        const read = text === "" ? undefined : readValue(type, text);
        if (text === "" || read !== undefined) onChange(read);
      }}
    />
  );
}

/** Values that cannot be of the new type go; those that can are read as it. */
function withType(variable: VariableDeclaration, type: VariableType): VariableDeclaration {
  const read = (value: Json | undefined) => (value === undefined ? undefined : readValue(type, value));
  return { ...variable, type, default: read(variable.default), example: read(variable.example) };
}

function newVariable(existing: readonly VariableDeclaration[]): VariableDeclaration {
  const names = new Set(existing.map((each) => each.name));
  let name = "variable";
  for (let number = 2; names.has(name); number++) name = `variable_${number}`;
  return { name, type: "string", description: "", isRequired: true };
}

const typeOptions = variableTypes.map((type) => ({
  value: type,
  label: type[0]!.toUpperCase() + type.slice(1),
}));

const articles: Record<VariableType, string> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  list: "a list in JSON",
  object: "an object in JSON",
};
