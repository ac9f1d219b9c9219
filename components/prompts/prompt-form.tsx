"use client";

import { useCallback } from "react";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { VariableDeclaration } from "#lib/prompts/schema.ts";
import { Kbd } from "../ui/kbd.tsx";
import { IncludesSection } from "./includes-section.tsx";
import { ModelSection } from "./model-section.tsx";
import { OutputSection } from "./output-section.tsx";
import { ParametersSection } from "./parameters-section.tsx";
import type { PromptPageData } from "./prompt-frame.tsx";
import { TemplateSection } from "./template-section.tsx";
import type { PromptEditing } from "./use-prompt-editor.ts";
import { VariablesSection } from "./variables-section.tsx";

type PromptFormProps = { data: PromptPageData; editor: PromptEditing; isReadOnly: boolean };

/** A version in its parts: the template, then everything that decides how it is filled and sampled. */
export function PromptForm({ data, editor, isReadOnly }: PromptFormProps) {
  const { slug, models, inputPrices } = data;
  const { content, setPart } = editor;
  const setVariables = useCallback((variables: VariableDeclaration[]) => setPart({ variables }), [setPart]);
  const setParameters = useCallback((parameters: SamplingParameters) => setPart({ parameters }), [setPart]);
  const setModel = useCallback((modelVersionId: string | null) => setPart({ modelVersionId }), [setPart]);
  return (
    <>
      <TemplateSection editor={editor} models={models} inputPrices={inputPrices} isReadOnly={isReadOnly} />
      <IncludesSection
        slug={slug}
        states={editor.includes.states}
        isReadOnly={isReadOnly}
        onUpdate={editor.includes.update}
      />
      <VariablesSection
        variables={content.variables}
        undeclared={editor.undeclared}
        problems={editor.variableProblems}
        isReadOnly={isReadOnly}
        onChange={setVariables}
      />
      <ParametersSection parameters={content.parameters} isReadOnly={isReadOnly} onChange={setParameters} />
      <ModelSection
        slug={slug}
        models={models}
        modelVersionId={content.modelVersionId}
        isReadOnly={isReadOnly}
        onChange={setModel}
      />
      <OutputSection
        responseFormat={content.responseFormat}
        tools={content.tools}
        toolChoice={content.toolChoice}
        isReadOnly={isReadOnly}
        onChange={setPart}
        onValidity={editor.setValidity}
      />
      <p className="hidden text-xs text-muted md:block">
        <Kbd>⌘</Kbd> <Kbd>S</Kbd> saves a version · <Kbd>⌘</Kbd> <Kbd>F</Kbd> finds and replaces in a message
        · <Kbd>⌥</Kbd> <Kbd>←</Kbd> <Kbd>→</Kbd> goes to the older and newer version · <Kbd>Tab</Kbd> leaves
        the text
      </p>
    </>
  );
}
