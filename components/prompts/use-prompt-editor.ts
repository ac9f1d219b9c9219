"use client";

import { useRouter } from "next/navigation";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { contentKey } from "#lib/prompts/content-key.ts";
import type { PromptDraft } from "#lib/prompts/drafts.ts";
import { allVariables } from "#lib/prompts/includes.ts";
import type { TemplateProblem } from "#lib/prompts/problem.ts";
import type { PromptContent, VariableDeclaration } from "#lib/prompts/schema.ts";
import { faultOfSize } from "#lib/prompts/size.ts";
import { checkTemplate, inferVariables } from "#lib/prompts/template.ts";
import { countOf } from "../ui/format.ts";
import { showError, showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import type { PromptActions } from "./prompt-actions.ts";
import type { PromptPageData } from "./prompt-frame.tsx";
import { promptHref } from "./prompt-href.ts";
import { useDraft } from "./use-draft.ts";
import { useIncludes } from "./use-includes.ts";
import { usePromptContent } from "./use-prompt-content.ts";
import { useStable } from "./use-stable.ts";

/** What chat and text prompts have alike. */
export type SharedFields = Omit<Extract<PromptContent, { type: "text" }>, "type" | "text">;

export type EditorBase = { number: number; content: PromptContent };

/**
 * The work on one prompt: the content being written and what is wrong with it, its draft on the server, the pins of
 * its includes, and the save. What is judged and counted follows quick typing at its own pace (`deferred`).
 */
export function usePromptEditor(input: {
  data: PromptPageData;
  actions: PromptActions;
  base: EditorBase;
  draft: PromptDraft | null;
  isReadOnly: boolean;
}) {
  const { data, actions, draft, isReadOnly } = input;
  const { slug, prompt } = data;
  const router = useRouter();
  const [base, setBase] = useState(input.base);
  const editing = usePromptContent(draft?.content ?? input.base.content);
  const { content, change } = editing;
  const [isMerging, setMerging] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const [invalid, setInvalid] = useState<ReadonlySet<string>>(new Set());
  const latestNumber = prompt.latestNumber;

  const deferred = useDeferredValue(content);
  const includes = useIncludes({
    promptName: prompt.name,
    content: deferred,
    isEnabled: !isReadOnly,
    change,
    onResolve: actions.resolveIncludes,
  });
  const { judge } = includes;
  const problems = useMemo(
    () =>
      checkTemplate(deferred)
        .map(judge)
        .filter((problem) => problem !== null),
    [deferred, judge],
  );
  const sizeFault = useMemo(() => faultOfSize(deferred), [deferred]);
  const undeclared = useStable(useMemo(() => inferVariables(deferred), [deferred]));
  const variableProblems = useStable(problems.filter((problem) => problem.path.startsWith("variables.")));
  const known = useMemo(() => [...allVariables(deferred), ...undeclared], [deferred, undeclared]);
  const baseKey = useMemo(() => contentKey(base.content), [base.content]);
  const isChanged = contentKey(content) !== baseKey;
  const isChangedRef = useRef(isChanged);
  isChangedRef.current = isChanged;
  const shownRef = useRef(base.number);
  shownRef.current = base.number;
  const errorCount = countErrors(problems) + invalid.size + (sizeFault ? 1 : 0);

  const { status, forget, pause, resume } = useDraft({
    content,
    base: base.content,
    baseNumber: base.number,
    hasDraft: draft !== null,
    isEnabled: !isReadOnly,
    onSave: async (content, baseNumber) => {
      const result = await actions.saveDraft({ promptId: prompt.id, content, baseNumber });
      if (result.ok && result.data.latestNumber !== latestNumber) router.refresh();
      return result;
    },
    onDiscard: () => actions.discardDraft({ promptId: prompt.id }),
  });

  // Someone saved while nothing was written here: what is shown follows.
  const { reset } = editing;
  const served = input.base;
  useEffect(() => {
    if (isChangedRef.current || served.number <= shownRef.current) return;
    setBase(served);
    reset(served.content);
  }, [served, reset]);

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
    const errors = countErrors(checkTemplate(content).map(judge)) + invalid.size;
    const tooLong = faultOfSize(content);
    if (tooLong) showError(tooLong);
    else if (!isChanged) showToast(`Nothing has changed since version ${base.number}`);
    else if (errors > 0) showError(`Fix ${countOf(errors, "error")} first: they are underlined`);
    else setSaving(true);
  }, [isReadOnly, isChanged, content, invalid, base.number, judge]);

  async function save(message: string) {
    await pause();
    const isSaved = await saving.submit({
      name: prompt.name,
      content,
      message,
      parentNumber: base.number,
      expectedLatest: latestNumber,
    });
    // If someone saved meanwhile, the dialog then names the next number and what is in between.
    if (isSaved) return;
    resume();
    router.refresh();
  }

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
  const setValidity = useCallback((field: string, isValid: boolean) => {
    setInvalid((before) => {
      if (before.has(field) !== isValid) return before;
      const next = new Set(before);
      if (isValid) next.delete(field);
      else next.add(field);
      return next;
    });
  }, []);

  /** Goes on from the version that was merged, as if the draft had been written from it. */
  function takeMerged(merged: PromptContent, theirs: EditorBase) {
    const before = { base, content };
    setMerging(false);
    setBase(theirs);
    editing.reset(merged);
    showToast(`Merged version ${theirs.number} into your draft`, {
      action: {
        label: "Undo",
        onClick: () => {
          setBase(before.base);
          editing.reset(before.content);
        },
      },
    });
  }

  /** Puts another content in the place of what was written; what was can come back. */
  function replace(next: PromptContent, said: string) {
    const kept = content;
    editing.reset(next);
    setInvalid(new Set());
    showToast(said, { action: { label: "Undo", onClick: () => editing.reset(kept) } });
  }

  return {
    base,
    content,
    deferred,
    editing,
    includes,
    problems,
    variableProblems,
    undeclared,
    known,
    isChanged,
    errorCount,
    /** Why the whole is too long to save. */
    sizeFault,
    /** A YAML or JSON text is open that is no content yet. */
    isSourceInvalid: invalid.has("source"),
    draftStatus: status,
    declare,
    setPart,
    setValidity,
    replace,
    discard: () => replace(base.content, "Discarded the draft"),
    merge: {
      isOpen: isMerging,
      open: () => {
        setSaving(false);
        setMerging(true);
      },
      close: () => setMerging(false),
      take: takeMerged,
    },
    save: {
      isOpen: isSaving,
      open: openSave,
      setOpen(isOpen: boolean) {
        setSaving(isOpen);
        if (!isOpen) saving.clear();
      },
      isPending: saving.isPending,
      error: saving.error,
      submit: save,
    },
  };
}

export type PromptEditing = ReturnType<typeof usePromptEditor>;

function countErrors(problems: readonly (TemplateProblem | null)[]): number {
  return problems.filter((problem) => problem?.severity === "error").length;
}

/** The dialog has one place for errors: a fault of one part is shown there too, with where it is. */
function withWholeError(save: PromptActions["save"]): PromptActions["save"] {
  return async (input) => {
    const result = await save(input);
    if (result.ok) return result;
    const { code, message, issues } = result.error;
    const said = issues.map((issue) => `${placeOf(issue.path)}${issue.message}`);
    return { ok: false, error: { code, message: said.length > 0 ? said.join(" ") : message, issues: [] } };
  };
}

const places: Record<string, string> = { messages: "Message", tools: "Tool", variables: "Variable" };

/** `content.tools.0.function.name` as "Tool 1: ". */
function placeOf(path: string): string {
  const [, part = "", index] = /^content\.([a-zA-Z]+)(?:\.(\d+))?/.exec(path) ?? [];
  if (part === "responseFormat") return "Answer format: ";
  return places[part] && index !== undefined ? `${places[part]} ${Number(index) + 1}: ` : "";
}
