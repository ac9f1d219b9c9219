"use client";

import { Tag } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Encoding } from "#lib/llm/tokens.ts";
import type { ModelVersion } from "#lib/models/schema.ts";
import type { PromptDraft } from "#lib/prompts/drafts.ts";
import type { IncludablePrompt } from "#lib/prompts/list-includable.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { LazyPart } from "../ui/lazy-part.tsx";
import { useStoredState } from "../ui/use-stored-state.ts";
import { EditorNotice } from "./editor-notice.tsx";
import { EditorToolbar, type EditorView } from "./editor-toolbar.tsx";
import type { ImportedPrompt } from "./import-dialog.tsx";
import { PreviewPanel } from "./preview-panel.tsx";
import type { PromptActions } from "./prompt-actions.ts";
import { PromptForm } from "./prompt-form.tsx";
import { modelNamesOf, PromptFrame, type PromptPageData } from "./prompt-frame.tsx";
import { PromptMenu } from "./prompt-menu.tsx";
import { type KeyboardStyle, PromptSourcesProvider } from "./prompt-sources.tsx";
import type { DraftStatus } from "./use-draft.ts";
import { type EditorBase, usePromptEditor } from "./use-prompt-editor.ts";
import { useSaveKey } from "./use-save-key.ts";
import { useVersionKeys } from "./use-version-keys.ts";

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
  const { latestNumber } = prompt;
  const isReadOnly = !data.canWrite || otherDraftBase !== null;
  const editor = usePromptEditor({ data, actions, base: initialBase, draft, isReadOnly });
  const { base, content, isChanged, save, merge } = editor;
  const [view, setView] = useState<EditorView>("form");
  const [open, setOpen] = useState<"import" | "export" | null>(null);
  const [keyboard, setKeyboard] = useStoredState<KeyboardStyle>("editor-keys", "plain", isKeyboardStyle);
  const sources = useSources(slug, actions, keyboard);
  const close = () => setOpen(null);
  useSaveKey(save.open);
  // Who writes will save: the dialog is there by then.
  useEffect(() => {
    if (isChanged) void loadSave();
  }, [isChanged]);
  useVersionKeys({ slug, name: prompt.name, number: base.number, latestNumber });

  return (
    <PromptSourcesProvider value={sources}>
      <PromptFrame
        data={data}
        actions={actions}
        currentNumber={base.number}
        content={editor.deferred}
        preview={
          <PreviewPanel
            promptName={prompt.name}
            canWrite={data.canWrite}
            content={content}
            undeclared={editor.undeclared}
            actions={actions}
          />
        }
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
                <PromptMenu
                  slug={slug}
                  prompt={prompt}
                  number={base.number}
                  actions={actions}
                  onImport={isReadOnly ? null : () => setOpen("import")}
                  onExport={() => setOpen("export")}
                />
                <Button onClick={() => promote(base.number)}>
                  <Tag aria-hidden="true" />
                  Promote version {base.number}
                </Button>
                <Button variant="primary" disabled={isReadOnly} onClick={save.open} title="⌘S">
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
          onMerge={merge.open}
        />
        <EditorToolbar
          view={view}
          isLocked={editor.isSourceInvalid}
          keyboard={keyboard}
          onView={setView}
          onKeyboard={setKeyboard}
        />
        {view === "form" && <PromptForm data={data} editor={editor} isReadOnly={isReadOnly} />}
        {view === "blame" && (
          <LazyPart
            key={base.number}
            load={loadBlame}
            props={{ slug, promptName: prompt.name, number: base.number, onBlame: actions.blame }}
          />
        )}
        {(view === "yaml" || view === "json") && (
          <LazyPart
            key={view}
            load={loadSource}
            props={{
              language: view,
              content,
              isReadOnly,
              onChange: (next: PromptContent) => editor.editing.change(() => next),
              onValidity: (isValid: boolean) => editor.setValidity("source", isValid),
            }}
          />
        )}
        {save.isOpen && (
          <LazyPart
            load={loadSave}
            fallback={null}
            props={{
              isOpen: true,
              onOpenChange: save.setOpen,
              slug,
              promptName: prompt.name,
              base,
              content,
              latestNumber,
              isPending: save.isPending,
              error: save.error,
              onSave: save.submit,
              onMerge: merge.open,
            }}
          />
        )}
        {merge.isOpen && (
          <LazyPart
            load={loadMerge}
            fallback={null}
            props={{
              promptName: prompt.name,
              base,
              mine: content,
              latestNumber,
              modelNames: modelNamesOf(models),
              onFind: actions.find,
              onMerge: merge.take,
              onClose: merge.close,
            }}
          />
        )}
        {open === "export" && (
          <LazyPart
            load={loadExport}
            fallback={null}
            props={{ name: prompt.name, number: base.number, content, models, onClose: close }}
          />
        )}
        {open === "import" && (
          <LazyPart
            load={loadImport}
            fallback={null}
            props={{
              type: content.type,
              onClose: close,
              onImport: (imported: ImportedPrompt) => {
                close();
                setView("form");
                editor.replace(withModel(imported, models), "Imported into the draft");
              },
            }}
          />
        )}
      </PromptFrame>
    </PromptSourcesProvider>
  );
}

const loadBlame = async () => (await import("./blame-view.tsx")).BlameView;
const loadSource = async () => (await import("./source-editor.tsx")).SourceEditor;
const loadSave = async () => (await import("./save-dialog.tsx")).SaveDialog;
const loadMerge = async () => (await import("./merge-dialog.tsx")).MergeDialog;
const loadExport = async () => (await import("./export-dialog.tsx")).ExportDialog;
const loadImport = async () => (await import("./import-dialog.tsx")).ImportDialog;

const isKeyboardStyle = (value: unknown): value is KeyboardStyle =>
  value === "plain" || value === "vim" || value === "emacs";

/** The imported content on the registered model that its provider's id names, if there is one. */
function withModel({ content, model }: ImportedPrompt, models: readonly ModelVersion[]): PromptContent {
  const known = content.modelVersionId && models.some((each) => each.id === content.modelVersionId);
  if (known) return content;
  const named = models.find((each) => model !== null && each.providerModel === model);
  return { ...content, modelVersionId: named?.id ?? null };
}

/** What all text editors of the page share; the list of prompts is fetched once, when it is first completed with. */
function useSources(slug: string, actions: PromptActions, keyboard: KeyboardStyle) {
  const listed = useRef<Promise<readonly IncludablePrompt[]> | null>(null);
  const { listIncludable, countTokens } = actions;
  return useMemo(
    () => ({
      slug,
      keyboard,
      listPrompts: () => {
        listed.current ??= listIncludable({}).then((result) => (result.ok ? result.data : []));
        return listed.current;
      },
      countTokens: async (texts: readonly string[], encoding: Encoding) => {
        const result = await countTokens({ texts: [...texts], encoding });
        return result.ok ? result.data : [];
      },
    }),
    [slug, listIncludable, countTokens, keyboard],
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
