"use client";

import { Plus, Tag } from "lucide-react";
import { useCallback, useMemo, useRef } from "react";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { PromptDraft } from "#lib/prompts/drafts.ts";
import type { IncludablePrompt } from "#lib/prompts/list-includable.ts";
import type { PromptMessage, VariableDeclaration } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { countOf, formatCount } from "../ui/format.ts";
import { Kbd } from "../ui/kbd.tsx";
import { showToast } from "../ui/toast.tsx";
import { EditorNotice } from "./editor-notice.tsx";
import { IncludesSection } from "./includes-section.tsx";
import { MergeDialog } from "./merge-dialog.tsx";
import { MessageCard } from "./message-card.tsx";
import { ModelSection } from "./model-section.tsx";
import { OutputSection } from "./output-section.tsx";
import { ParametersSection } from "./parameters-section.tsx";
import { PreviewPanel } from "./preview-panel.tsx";
import { problemsAt } from "./problems-at.ts";
import type { PromptActions } from "./prompt-actions.ts";
import { modelNamesOf, PromptFrame, type PromptPageData } from "./prompt-frame.tsx";
import { PromptMenu } from "./prompt-menu.tsx";
import { PromptSourcesProvider } from "./prompt-sources.tsx";
import { SaveDialog } from "./save-dialog.tsx";
import { TemplateField } from "./template-field.tsx";
import type { DraftStatus } from "./use-draft.ts";
import { type EditorBase, usePromptEditor } from "./use-prompt-editor.ts";
import { useSaveKey } from "./use-save-key.ts";
import { useTokenTotals } from "./use-token-totals.ts";
import { VariablesSection } from "./variables-section.tsx";

type PromptEditorProps = {
  data: PromptPageData;
  actions: PromptActions;
  /** The version being edited. */
  base: EditorBase;
  /** This person's draft, if it is what is edited. */
  draft: PromptDraft | null;
  /** The base of a draft that exists while another version is looked at. */
  otherDraftBase: number | null;
};

/** Where a prompt is written. Work is kept as a draft after each pause; ⌘S saves it as the next version. */
export function PromptEditor({ data, actions, base: initialBase, draft, otherDraftBase }: PromptEditorProps) {
  const { slug, prompt, models } = data;
  const isReadOnly = !data.canWrite || otherDraftBase !== null;
  const editor = usePromptEditor({ data, actions, base: initialBase, draft, isReadOnly });
  const { base, content, deferred, editing, problems, known, isChanged, setPart, save } = editor;
  const tokens = useTokenTotals(deferred);
  const sources = useSources(actions);
  useSaveKey(save.open);

  const setVariables = useCallback((variables: VariableDeclaration[]) => setPart({ variables }), [setPart]);
  const setParameters = useCallback((parameters: SamplingParameters) => setPart({ parameters }), [setPart]);
  const setModel = useCallback((modelVersionId: string | null) => setPart({ modelVersionId }), [setPart]);

  return (
    <PromptSourcesProvider value={sources}>
      <PromptFrame
        data={data}
        actions={actions}
        currentNumber={base.number}
        content={deferred}
        preview={<PreviewPanel content={content} undeclared={editor.undeclared} />}
        header={(promote) => (
          <>
            <DraftState status={editor.draftStatus} isChanged={isChanged} />
            {isChanged && !isReadOnly && (
              <Button variant="quiet" onClick={editor.discard}>
                Discard draft
              </Button>
            )}
            {data.canWrite && (
              <>
                <PromptMenu slug={slug} prompt={prompt} number={base.number} actions={actions} />
                <Button onClick={() => promote(base.number)}>
                  <Tag aria-hidden="true" />
                  Promote version {base.number}
                </Button>
                <Button variant="primary" disabled={isReadOnly} onClick={save.open} title="⌘S">
                  Save version {prompt.latestNumber + 1}
                </Button>
              </>
            )}
          </>
        )}
      >
        <EditorNotice
          slug={slug}
          prompt={prompt}
          base={base}
          draft={draft}
          isChanged={isChanged}
          otherDraftBase={otherDraftBase}
          latest={data.versions[0]}
          canWrite={data.canWrite}
          actions={actions}
          onMerge={editor.merge.open}
        />
        <div className="mb-8 flex flex-col gap-3">
          {content.type === "text" ? (
            <section aria-label="Text" className="rounded-lg border border-border bg-surface">
              <TemplateField
                label="Prompt text"
                value={content.text}
                onChange={(text) =>
                  editing.change((before) => (before.type === "text" ? { ...before, text } : before))
                }
                problems={problemsAt(problems, "text")}
                variables={known}
                isReadOnly={isReadOnly}
                hint="What the model is asked. {{ for a variable, {{> to include a prompt, / for a snippet."
                onDeclare={editor.declare}
              />
            </section>
          ) : (
            content.messages.map((message, index) => (
              <MessageCard
                key={editing.keys[index]}
                index={index}
                count={content.messages.length}
                message={message}
                problems={problems}
                variables={known}
                tokens={tokens?.perMessage[index]}
                isReadOnly={isReadOnly}
                onChange={(next) => editing.changeMessage(index, next)}
                onRemove={() => removeWithUndo(index, message)}
                onMove={(to) => editing.moveMessage(index, to)}
                onDeclare={editor.declare}
                onValidity={(isValid) => editor.setValidity(`message ${editing.keys[index]}`, isValid)}
              />
            ))
          )}
          <div className="flex flex-wrap items-center gap-2">
            {content.type === "chat" && !isReadOnly && (
              <>
                <Button size="sm" onClick={() => add(nextMessage(content.messages))}>
                  <Plus aria-hidden="true" />
                  Add message
                </Button>
                <Button size="sm" variant="quiet" onClick={() => add(emptyExamples)}>
                  Add examples
                </Button>
                <Button
                  size="sm"
                  variant="quiet"
                  onClick={() => add({ type: "placeholder", name: "history" })}
                >
                  Add placeholder
                </Button>
                <Button size="sm" variant="quiet" onClick={() => add({ type: "include", reference: "" })}>
                  Include a prompt
                </Button>
              </>
            )}
            <span className="flex-1" />
            <span className="text-xs text-muted tabular-nums" aria-live="polite">
              {editor.errorCount > 0 && (
                <span className="text-harm">{countOf(editor.errorCount, "error")} · </span>
              )}
              {tokens && `≈ ${formatCount(tokens.total)} tokens in all`}
            </span>
          </div>
        </div>
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
          <Kbd>⌘</Kbd> <Kbd>S</Kbd> saves a version · <Kbd>⌘</Kbd> <Kbd>F</Kbd> finds and replaces in a
          message · <Kbd>Tab</Kbd> leaves the text
        </p>
        <SaveDialog
          key={save.isOpen ? "open" : "closed"}
          isOpen={save.isOpen}
          onOpenChange={save.setOpen}
          slug={slug}
          promptName={prompt.name}
          base={base}
          content={content}
          latestNumber={prompt.latestNumber}
          isPending={save.isPending}
          error={save.error}
          onSave={save.submit}
          onMerge={editor.merge.open}
        />
        {editor.merge.isOpen && (
          <MergeDialog
            promptName={prompt.name}
            base={base}
            mine={content}
            latestNumber={prompt.latestNumber}
            modelNames={modelNamesOf(models)}
            onFind={actions.find}
            onMerge={editor.merge.use}
            onClose={editor.merge.close}
          />
        )}
      </PromptFrame>
    </PromptSourcesProvider>
  );

  function add(message: PromptMessage) {
    if (content.type === "chat") editing.addMessage(message, content.messages.length);
  }

  function removeWithUndo(index: number, message: PromptMessage) {
    editing.removeMessage(index);
    showToast("Removed the message", {
      action: { label: "Undo", onClick: () => editing.addMessage(message, index) },
    });
  }
}

const emptyExamples: PromptMessage = { type: "examples", examples: [{ user: "", assistant: "" }] };

/** What all text editors of the page share; the list of prompts is fetched once, when it is first completed with. */
function useSources(actions: PromptActions) {
  const listed = useRef<Promise<readonly IncludablePrompt[]> | null>(null);
  const { listIncludable } = actions;
  return useMemo(
    () => ({
      keyboard: "plain" as const,
      listPrompts: () => {
        listed.current ??= listIncludable({}).then((result) => (result.ok ? result.data : []));
        return listed.current;
      },
    }),
    [listIncludable],
  );
}

function DraftState({ status, isChanged }: { status: DraftStatus; isChanged: boolean }) {
  const said: Record<DraftStatus, string> = {
    none: "",
    waiting: "Editing…",
    saving: "Keeping draft…",
    saved: isChanged ? "Draft kept" : "",
    failed: "Draft not kept: trying again",
  };
  return (
    <span role="status" className={status === "failed" ? "text-xs text-harm" : "text-xs text-muted"}>
      {said[status]}
    </span>
  );
}

/** After a question comes an answer, after an answer a question. */
function nextMessage(messages: readonly PromptMessage[]): PromptMessage {
  const last = messages.at(-1);
  return { role: last && !last.type && last.role === "user" ? "assistant" : "user", content: "" };
}
