"use client";

import { useDeferredValue, useMemo, useState } from "react";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { allVariables } from "#lib/prompts/includes.ts";
import type { ChatMessage, PromptContent, VariableDeclaration } from "#lib/prompts/schema.ts";
import { compile } from "#lib/prompts/template.ts";
import { spellValue } from "#lib/prompts/variable-value.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Field } from "../ui/field.tsx";
import type { PromptActions } from "./prompt-actions.ts";
import { VariableSetsBar } from "./variable-sets-bar.tsx";
import { ValueInput } from "./variables-section.tsx";

type PreviewPanelProps = {
  promptName: string;
  canWrite: boolean;
  content: PromptContent;
  undeclared: readonly VariableDeclaration[];
  actions: PromptActions;
};

/** What the model would be sent, compiled as one types, with values that can be kept as a set. */
export function PreviewPanel({ promptName, canWrite, content, undeclared, actions }: PreviewPanelProps) {
  const [given, setGiven] = useState<JsonObject>({});
  const deferred = useDeferredValue(content);
  const variables = [...allVariables(content), ...undeclared];
  const values = useMemo(() => valuesOf(deferred, given), [deferred, given]);
  const { messages, problems } = useMemo(() => compile(deferred, values), [deferred, values]);
  const errors = problems.filter((problem) => problem.severity === "error");

  function set(name: string, value: Json | undefined) {
    const { [name]: _, ...rest } = given;
    setGiven(value === undefined ? rest : { ...rest, [name]: value });
  }

  return (
    <div className="flex flex-col gap-4">
      {variables.length > 0 && (
        <VariableSetsBar
          promptName={promptName}
          canWrite={canWrite}
          values={values}
          actions={actions}
          onFill={setGiven}
        />
      )}
      {variables.map((variable) => (
        <Field
          key={variable.name}
          label={<code>{variable.name}</code>}
          description={variable.description || undefined}
        >
          <ValueInput
            label={`Value of ${variable.name}`}
            type={variable.type}
            value={given[variable.name]}
            placeholder={spellValue(variable.example ?? variable.default)}
            onChange={(value) => set(variable.name, value)}
          />
        </Field>
      ))}
      {errors.length > 0 && (
        <ul className="flex flex-col gap-1 text-sm text-unresolved">
          {errors.map((problem) => (
            <li key={`${problem.path} ${problem.from} ${problem.name}`}>{problem.message}</li>
          ))}
        </ul>
      )}
      <ol aria-label="Compiled messages" className="flex flex-col gap-3">
        {messages.map((message, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: compiled messages have no identity but their place
          <li key={index} className="min-w-0">
            <div className="flex items-center justify-between text-xs font-medium text-muted">
              {message.role}
              <CopyButton text={textOf(message)} label={`Copy the ${message.role} message`} />
            </div>
            <pre className="max-h-80 overflow-auto rounded-md bg-sunken px-3 py-2 text-sm break-words whitespace-pre-wrap">
              {textOf(message)}
            </pre>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What was typed here, else the example; the default is the template's own business. */
function valuesOf(content: PromptContent, given: JsonObject): JsonObject {
  const examples = allVariables(content).flatMap(({ name, example }): [string, Json][] =>
    example === undefined ? [] : [[name, example]],
  );
  return { ...Object.fromEntries(examples), ...given };
}

function textOf(message: ChatMessage): string {
  if (typeof message.content === "string") return message.content;
  return message.content
    .map((part) => (part.type === "text" ? part.text : `[image ${part.image_url.url}]`))
    .join("\n");
}
