"use client";

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder, rectangularSelection } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { closestName } from "#lib/prompts/closest-name.ts";
import type { TemplateProblem } from "#lib/prompts/problem.ts";
import { codeTheme } from "./code-theme.ts";
import { type KeyboardStyle, usePromptSources } from "./prompt-sources.tsx";
import {
  completeIncludes,
  completeSnippets,
  completeVariables,
  type KnownVariable,
} from "./template-completion.ts";
import { markdownHighlight, markupHighlight, templateHighlight } from "./template-language.ts";

export type TemplateEditorProps = {
  value: string;
  onChange: (value: string) => void;
  /** Names it for screen readers: "System message". */
  label: string;
  problems: readonly TemplateProblem[];
  variables: readonly KnownVariable[];
  isReadOnly: boolean;
  hint?: string;
  /** The fix of an undefined variable. */
  onDeclare: (name: string) => void;
};

/** A code editor for one templated text. Tab leaves it, so that the keyboard is never caught in it. */
export function TemplateEditor(props: TemplateEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const readOnly = useRef(new Compartment());
  const keys = useRef(new Compartment());
  const sources = usePromptSources();
  const latest = useRef({ ...props, sources });
  latest.current = { ...props, sources };
  const { value, problems, isReadOnly } = props;

  useEffect(() => {
    const { label, hint, value: start, isReadOnly: startsReadOnly } = latest.current;
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: start,
        extensions: [
          keys.current.of([]),
          history(),
          drawSelection(),
          EditorView.lineWrapping,
          highlightSelectionMatches(),
          templateHighlight,
          markupHighlight,
          markdownHighlight,
          autocompletion({
            override: [
              completeVariables(() => latest.current.variables),
              completeIncludes(() => latest.current.sources.listPrompts()),
              completeSnippets,
            ],
            icons: false,
          }),
          keymap.of([
            ...completionKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...lintKeymap,
            ...defaultKeymap,
          ]),
          placeholder(hint ?? ""),
          codeTheme,
          EditorState.allowMultipleSelections.of(true),
          rectangularSelection(),
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "true" }),
          readOnly.current.of(readOnlyExtension(startsReadOnly)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((each) => each.isUserEvent("set.value"))) {
              latest.current.onChange(update.state.doc.toString());
            }
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    const current = view.current;
    if (!current || current.state.doc.toString() === value) return;
    current.dispatch({
      changes: { from: 0, to: current.state.doc.length, insert: value },
      userEvent: "set.value",
    });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: readOnly.current.reconfigure(readOnlyExtension(isReadOnly)) });
  }, [isReadOnly]);

  const { keyboard } = sources;
  useEffect(() => {
    let isGone = false;
    void loadKeys(keyboard).then((extension) => {
      if (!isGone) view.current?.dispatch({ effects: keys.current.reconfigure(extension) });
    });
    return () => {
      isGone = true;
    };
  }, [keyboard]);

  useEffect(() => {
    const current = view.current;
    if (!current) return;
    const diagnostics = problems.map((problem) => toDiagnostic(problem, current.state, latest));
    current.dispatch(setDiagnostics(current.state, diagnostics));
  }, [problems]);

  return <div ref={host} className="min-h-9" />;
}

/** Other editors' keys, fetched only by those who want them. */
async function loadKeys(keyboard: KeyboardStyle): Promise<Extension> {
  if (keyboard === "vim") return (await import("@replit/codemirror-vim")).vim();
  if (keyboard === "emacs") return (await import("@replit/codemirror-emacs")).emacs();
  return [];
}

function readOnlyExtension(isReadOnly: boolean) {
  return [EditorState.readOnly.of(isReadOnly), EditorView.editable.of(!isReadOnly)];
}

function renameTo(name: string, fixed: string) {
  return (view: EditorView, from: number, to: number) => {
    const at = view.state.sliceDoc(from, to).indexOf(name);
    if (at < 0) return;
    view.dispatch({ changes: { from: from + at, to: from + at + name.length, insert: fixed } });
  };
}

type Latest = { readonly current: TemplateEditorProps };

function toDiagnostic(problem: TemplateProblem, state: EditorState, latest: Latest): Diagnostic {
  const length = state.doc.length;
  return {
    from: Math.min(problem.from, length),
    to: Math.min(problem.to, length),
    severity: problem.severity,
    message: problem.message,
    actions: fixesOf(problem, latest),
  };
}

function fixesOf(problem: TemplateProblem, latest: Latest): Diagnostic["actions"] {
  const { code, name } = problem;
  if (latest.current.isReadOnly) return [];
  if (code === "undefined_variable" && name) {
    const similar = closestName(
      name,
      latest.current.variables.map((each) => each.name).filter((each) => each !== name),
    );
    return [
      { name: `Declare ${name}`, apply: () => latest.current.onDeclare(name) },
      ...(similar ? [{ name: `Change to ${similar}`, apply: renameTo(name, similar) }] : []),
    ];
  }
  if (code === "unclosed_tag") {
    return [
      {
        name: "Close the tag",
        apply: (view, _, to) => view.dispatch({ changes: { from: to, insert: "}}" } }),
      },
    ];
  }
  if (code === "unclosed_section") {
    const closing = `{{/${name}}}`;
    const apply = (view: EditorView) =>
      view.dispatch({ changes: { from: view.state.doc.length, insert: closing } });
    return [{ name: `Add ${closing} at the end`, apply }];
  }
  if (code === "invalid_name" && name) {
    const fixed = name.trim().replace(/[^\p{L}\p{M}\p{N}_$.-]+/gu, "_");
    return [{ name: `Change to ${fixed}`, apply: renameTo(name, fixed) }];
  }
  if (code === "unopened_section" || code === "wrong_include") {
    return [{ name: "Remove it", apply: (view, from, to) => view.dispatch({ changes: { from, to } }) }];
  }
  return [];
}
