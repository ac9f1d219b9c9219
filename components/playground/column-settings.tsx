"use client";

import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { ParameterOverrides, PlaygroundColumn } from "#lib/playground/schema.ts";
import type { TemplateProblem } from "#lib/prompts/problem.ts";
import type { PromptContent, VariableDeclaration } from "#lib/prompts/schema.ts";
import { OutputSection } from "../prompts/output-section.tsx";
import { ParametersSection } from "../prompts/parameters-section.tsx";
import { VariablesSection } from "../prompts/variables-section.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { parameterNames } from "./settings-summary.ts";
import type { SharedFields } from "./use-column-editor.ts";

type ColumnSettingsProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  letter: string;
  column: PlaygroundColumn;
  content: PromptContent;
  undeclared: readonly VariableDeclaration[];
  problems: readonly TemplateProblem[];
  isReadOnly: boolean;
  onPart: (part: Partial<SharedFields>) => void;
  onOverrides: (overrides: ParameterOverrides) => void;
};

/** How a column samples, what it may answer with, and what its variables are. Changes count at once. */
export function ColumnSettings(props: ColumnSettingsProps) {
  const { isOpen, onOpenChange, letter, column, content, isReadOnly, onPart, onOverrides } = props;
  const overrides = Object.entries(column.overrides) as [keyof SamplingParameters, unknown][];
  return (
    <Dialog
      title={`Settings of column ${letter}`}
      description="Part of the prompt: they are saved with it as a version."
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      width="lg"
      footer={<DialogClose>Done</DialogClose>}
    >
      {overrides.length > 0 && (
        <div className="mb-4 rounded-md bg-sunken px-3 py-2 text-sm">
          <p className="mb-1.5 text-muted">
            Set for this column alone, over the prompt's and the model's own. A saved version does not keep
            it.
          </p>
          <ul className="flex flex-wrap gap-2">
            {overrides.map(([name, value]) => (
              <li
                key={name}
                className="flex items-center gap-2 rounded-md border border-border bg-surface pl-2"
              >
                <span>
                  {parameterNames[name]} {value === null ? "not sent" : <code>{JSON.stringify(value)}</code>}
                </span>
                <Button
                  size="sm"
                  variant="quiet"
                  onClick={() => onOverrides(without(column.overrides, name))}
                  aria-label={`Undo the setting of ${parameterNames[name]}`}
                >
                  Undo
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <ParametersSection
        parameters={content.parameters}
        isReadOnly={isReadOnly}
        onChange={(parameters) => onPart({ parameters })}
      />
      <OutputSection
        responseFormat={content.responseFormat}
        tools={content.tools}
        toolChoice={content.toolChoice}
        isReadOnly={isReadOnly}
        onChange={onPart}
        onValidity={() => {}}
      />
      <VariablesSection
        variables={content.variables}
        undeclared={props.undeclared}
        problems={props.problems.filter((problem) => problem.path.startsWith("variables."))}
        isReadOnly={isReadOnly}
        onChange={(variables) => onPart({ variables })}
      />
    </Dialog>
  );
}

function without(overrides: ParameterOverrides, name: keyof SamplingParameters): ParameterOverrides {
  const { [name]: _, ...rest } = overrides;
  return rest;
}
