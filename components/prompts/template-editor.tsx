"use client";

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { TemplateProblem } from "#lib/prompts/problem.ts";
import { codeTheme } from "./code-theme.ts";
import {
  completeVariables,
  type KnownVariable,
  markdownHighlight,
  templateHighlight,
} from "./template-language.ts";

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
  const latest = useRef(props);
  latest.current = props;
  const { value, problems, isReadOnly } = props;

  useEffect(() => {
    const { label, hint, value: start, isReadOnly: startsReadOnly } = latest.current;
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: start,
        extensions: [
          history(),
          drawSelection(),
          EditorView.lineWrapping,
          highlightSelectionMatches(),
          templateHighlight,
          markdownHighlight,
          autocompletion({ override: [completeVariables(() => latest.current.variables)], icons: false }),
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

  useEffect(() => {
    const current = view.current;
    if (!current) return;
    const diagnostics = problems.map((problem) => toDiagnostic(problem, current.state, latest));
    current.dispatch(setDiagnostics(current.state, diagnostics));
  }, [problems]);

  return <div ref={host} className="min-h-9" />;
}

function readOnlyExtension(isReadOnly: boolean) {
  return [EditorState.readOnly.of(isReadOnly), EditorView.editable.of(!isReadOnly)];
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
    return [{ name: `Declare ${name}`, apply: () => latest.current.onDeclare(name) }];
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
  if (code === "unopened_section") {
    return [{ name: "Remove it", apply: (view, from, to) => view.dispatch({ changes: { from, to } }) }];
  }
  return [];
}
