"use client";

import { Plus, Tag } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import { contentKey } from "#lib/prompts/content-key.ts";
import type { PromptDraft } from "#lib/prompts/drafts.ts";
import type { PromptContent, PromptMessage, VariableDeclaration } from "#lib/prompts/schema.ts";
import { checkTemplate, inferVariables } from "#lib/prompts/template.ts";
import { textsOf } from "#lib/prompts/texts.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { countOf, formatCount } from "../ui/format.ts";
import { Kbd } from "../ui/kbd.tsx";
import { Section } from "../ui/section.tsx";
import { Select } from "../ui/select.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { EditorNotice } from "./editor-notice.tsx";
import { MessageCard } from "./message-card.tsx";
import { OutputSection } from "./output-section.tsx";
import { ParametersSection } from "./parameters-section.tsx";
import { PreviewPanel } from "./preview-panel.tsx";
import type { PromptActions } from "./prompt-actions.ts";
import { PromptFrame, type PromptPageData } from "./prompt-frame.tsx";
import { promptHref } from "./prompt-href.ts";
import { PromptMenu } from "./prompt-menu.tsx";
import { SaveDialog } from "./save-dialog.tsx";
import { TemplateField } from "./template-field.tsx";
import { type DraftStatus, useDraft } from "./use-draft.ts";
import { usePromptContent } from "./use-prompt-content.ts";
import { useStable } from "./use-stable.ts";
import { useTokenCounts } from "./use-token-counts.ts";
import { VariablesSection } from "./variables-section.tsx";

/** What chat and text prompts have alike. */
type SharedFields = Omit<Extract<PromptContent, { type: "text" }>, "type" | "text">;

export type EditorBase = { number: number; content: PromptContent };

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
  const router = useRouter();
  const [base, setBase] = useState(initialBase);
  const editing = usePromptContent(draft?.content ?? initialBase.content);
  const { content, change } = editing;
  const [isSaving, setSaving] = useState(false);
  const [invalid, setInvalid] = useState<ReadonlySet<string>>(new Set());
  const isReadOnly = !data.canWrite || otherDraftBase !== null;
  const latestNumber = prompt.latestNumber;

  const deferred = useDeferredValue(content);
  const problems = useMemo(() => checkTemplate(deferred), [deferred]);
  const undeclared = useStable(useMemo(() => inferVariables(deferred), [deferred]));
  const variableProblems = useStable(problems.filter((problem) => problem.path.startsWith("variables.")));
  const known = useMemo(() => [...deferred.variables, ...undeclared], [deferred.variables, undeclared]);
  const baseKey = useMemo(() => contentKey(base.content), [base.content]);
  const isChanged = contentKey(content) !== baseKey;
  const errorCount = problems.filter((problem) => problem.severity === "error").length + invalid.size;
  const tokens = useTokenTotals(deferred);

  const { status, forget } = useDraft({
    content,
    base: base.content,
    baseNumber: base.number,
    hasDraft: draft !== null,
    isEnabled: !isReadOnly,
    onSave: (content, baseNumber) => actions.saveDraft({ promptId: prompt.id, content, baseNumber }),
    onDiscard: () => actions.discardDraft({ promptId: prompt.id }),
  });

  const saving = useSubmit(withWholeError(actions.save), (saved) => {
    setSaving(false);
    forget();
    if (!saved.isNew) {
      showToast(`Version ${saved.number} has exactly this content: no new version was made`);
      router.push(promptHref(slug, saved.name, `version=${saved.number}`));
      return;
    }
    showToast(`Saved version ${saved.number}`);
    setBase({ number: saved.number, content });
    router.replace(promptHref(slug, saved.name), { scroll: false });
  });

  const openSave = useCallback(() => {
    if (isReadOnly) return;
    // What is shown may lag behind quick typing; what is judged here may not.
    const errors =
      checkTemplate(content).filter((problem) => problem.severity === "error").length + invalid.size;
    if (!isChanged) showToast(`Nothing has changed since version ${base.number}`);
    else if (errors > 0) showError(`Fix ${countOf(errors, "error")} first: they are underlined`);
    else setSaving(true);
  }, [isReadOnly, isChanged, content, invalid, base.number]);
  useSaveKey(openSave);

  const declare = useCallback(
    (name: string) =>
      change((content) => {
        const found = inferVariables(content).find((each) => each.name === name);
        const made: VariableDeclaration = found ?? {
          name,
          type: "string",
          description: "",
          isRequired: true,
        };
        return { ...content, variables: [...content.variables, made] };
      }),
    [change],
  );
  const setPart = useCallback(
    (part: Partial<SharedFields>) => change((before) => ({ ...before, ...part })),
    [change],
  );
  const setVariables = useCallback((variables: VariableDeclaration[]) => setPart({ variables }), [setPart]);
  const setParameters = useCallback((parameters: SamplingParameters) => setPart({ parameters }), [setPart]);
  const setValidity = useCallback((field: string, isValid: boolean) => {
    setInvalid((before) => {
      const next = new Set(before);
      if (isValid) next.delete(field);
      else next.add(field);
      return next;
    });
  }, []);

  async function discard() {
    const kept = content;
    editing.reset(base.content);
    setInvalid(new Set());
    showToast("Discarded the draft", { action: { label: "Undo", onClick: () => editing.reset(kept) } });
  }

  return (
    <PromptFrame
      data={data}
      actions={actions}
      currentNumber={base.number}
      content={deferred}
      preview={<PreviewPanel content={content} undeclared={undeclared} />}
      header={(promote) => (
        <>
          <DraftState status={status} isChanged={isChanged} />
          {isChanged && !isReadOnly && (
            <Button variant="quiet" onClick={discard}>
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
              <Button variant="primary" disabled={isReadOnly} onClick={openSave} title="⌘S">
                Save version {latestNumber + 1}
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
      />
      <div className="mb-8 flex flex-col gap-3">
        {content.type === "text" ? (
          <section aria-label="Text" className="rounded-lg border border-border bg-surface">
            <TemplateField
              label="Prompt text"
              value={content.text}
              onChange={(text) => change((before) => (before.type === "text" ? { ...before, text } : before))}
              problems={problems}
              variables={known}
              isReadOnly={isReadOnly}
              hint="What the model is asked. {{ for a variable."
              onDeclare={declare}
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
              onDeclare={declare}
              onValidity={(isValid) => setValidity(`message ${editing.keys[index]}`, isValid)}
            />
          ))
        )}
        <div className="flex flex-wrap items-center gap-2">
          {content.type === "chat" && !isReadOnly && (
            <>
              <Button
                size="sm"
                onClick={() => editing.addMessage(nextMessage(content.messages), content.messages.length)}
              >
                <Plus aria-hidden="true" />
                Add message
              </Button>
              <Button
                size="sm"
                variant="quiet"
                onClick={() =>
                  editing.addMessage({ type: "placeholder", name: "history" }, content.messages.length)
                }
              >
                Add placeholder
              </Button>
            </>
          )}
          <span className="flex-1" />
          <span className="text-xs text-muted tabular-nums" aria-live="polite">
            {errorCount > 0 && <span className="text-harm">{countOf(errorCount, "error")} · </span>}
            {tokens && `≈ ${formatCount(tokens.total)} tokens in all`}
          </span>
        </div>
      </div>
      <VariablesSection
        variables={content.variables}
        undeclared={undeclared}
        problems={variableProblems}
        isReadOnly={isReadOnly}
        onChange={setVariables}
      />
      <ParametersSection parameters={content.parameters} isReadOnly={isReadOnly} onChange={setParameters} />
      <Section
        title="Model"
        description="The model version this prompt is written for; whoever runs it may choose another."
      >
        <Field label="Default model version" isLabelHidden className="max-w-sm">
          <Select
            options={[
              { value: "none", label: "None" },
              ...models.map((each) => ({
                value: each.id,
                label: `${each.model.name} v${each.number}`,
                hint: `${each.providerModel} on ${each.connection.name}${each.connection.isSimulated ? ", simulated" : ""}`,
              })),
            ]}
            value={content.modelVersionId ?? "none"}
            isDisabled={isReadOnly}
            onValueChange={(id) =>
              change((before) => ({ ...before, modelVersionId: id === "none" ? null : id }))
            }
          />
        </Field>
        {models.length === 0 && (
          <p className="mt-2 text-sm text-muted">
            No model is registered yet.{" "}
            <Link href={`/${slug}/models`} className="link">
              Register one
            </Link>
          </p>
        )}
      </Section>
      <OutputSection
        responseFormat={content.responseFormat}
        tools={content.tools}
        toolChoice={content.toolChoice}
        isReadOnly={isReadOnly}
        onChange={setPart}
        onValidity={setValidity}
      />
      <p className="hidden text-xs text-muted md:block">
        <Kbd>⌘</Kbd> <Kbd>S</Kbd> saves a version · <Kbd>⌘</Kbd> <Kbd>F</Kbd> finds and replaces in a message
        · <Kbd>Tab</Kbd> leaves the text
      </p>
      <SaveDialog
        key={isSaving ? "open" : "closed"}
        isOpen={isSaving}
        onOpenChange={(isOpen) => {
          setSaving(isOpen);
          if (!isOpen) saving.clear();
        }}
        slug={slug}
        promptName={prompt.name}
        base={base}
        content={content}
        latestNumber={latestNumber}
        isPending={saving.isPending}
        error={saving.error}
        onSave={async (message) => {
          const isSaved = await saving.submit({
            name: prompt.name,
            content,
            message,
            parentNumber: base.number,
            expectedLatest: latestNumber,
          });
          // If someone saved meanwhile, the dialog then names the next number and what is in between.
          if (!isSaved) router.refresh();
        }}
      />
    </PromptFrame>
  );

  function removeWithUndo(index: number, message: PromptMessage) {
    editing.removeMessage(index);
    showToast("Removed the message", {
      action: { label: "Undo", onClick: () => editing.addMessage(message, index) },
    });
  }
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

/** The dialog has one place for errors: a fault of one field is shown there too. */
function withWholeError(save: PromptActions["save"]): PromptActions["save"] {
  return async (input) => {
    const result = await save(input);
    return result.ok ? result : { ok: false, error: { ...result.error, issues: [] } };
  };
}

/** ⌘S and Ctrl-S, wherever the focus is. */
function useSaveKey(save: () => void): void {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "s" ||
        !(event.metaKey || event.ctrlKey) ||
        event.altKey ||
        event.shiftKey
      )
        return;
      event.preventDefault();
      if (!document.querySelector("[role=dialog], [role=alertdialog]")) latest.current();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

function useTokenTotals(content: PromptContent): { perMessage: number[]; total: number } | undefined {
  const texts = useMemo(() => textsOf(content), [content]);
  const counts = useTokenCounts(texts.map((each) => each.text));
  if (!counts || counts.length !== texts.length) return undefined;
  const perMessage: number[] = [];
  for (const [place, { path }] of texts.entries()) {
    const index = Number(path.split(".")[1] ?? 0);
    perMessage[index] = (perMessage[index] ?? 0) + counts[place]!;
  }
  return { perMessage, total: counts.reduce((sum, count) => sum + count, 0) };
}

/** After a question comes an answer, after an answer a question. */
function nextMessage(messages: readonly PromptMessage[]): PromptMessage {
  const last = messages.at(-1);
  return { role: last && "role" in last && last.role === "user" ? "assistant" : "user", content: "" };
}
