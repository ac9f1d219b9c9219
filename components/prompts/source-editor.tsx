"use client";

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";
import { readFileContent, readYaml, spellYaml, toFileContent } from "#lib/prompts/formats/content-file.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { codeColors } from "./code-colors.ts";
import { codeTheme } from "./code-theme.ts";

export type SourceEditorProps = {
  language: "yaml" | "json";
  content: PromptContent;
  isReadOnly: boolean;
  /** Called with each text that is a content. */
  onChange: (content: PromptContent) => void;
  onValidity: (isValid: boolean) => void;
};

/**
 * A whole version as one text. What is typed stays as typed while it is no content yet, with what is wrong and where.
 * Pins of includes are not shown: they are resolved, not written.
 */
export function SourceEditor(props: SourceEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [fault, setFault] = useState<string | null>(null);

  useEffect(() => {
    const { language, content, isReadOnly } = latest.current;
    const view = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: spell(language, content),
        extensions: [
          language === "yaml" ? yaml() : json(),
          history(),
          lineNumbers(),
          foldGutter(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightSelectionMatches(),
          EditorView.lineWrapping,
          syntaxHighlighting(codeColors),
          keymap.of([
            // Escape, then Tab, leaves the text.
            { key: "Escape", run: leave },
            ...searchKeymap,
            ...foldKeymap,
            ...historyKeymap,
            ...defaultKeymap,
            indentWithTab,
          ]),
          codeTheme,
          EditorView.contentAttributes.of({ "aria-label": `The version as ${language.toUpperCase()}` }),
          EditorState.readOnly.of(isReadOnly),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) read(update.view);
          }),
        ],
      }),
    });
    return () => view.destroy();

    function read(view: EditorView) {
      const { content, onChange, onValidity } = latest.current;
      const found = contentOf(view.state.doc.toString(), content);
      const line = "problem" in found ? found.line : undefined;
      setFault("problem" in found ? `${line ? `Line ${line}: ` : ""}${found.problem}` : null);
      view.dispatch(setDiagnostics(view.state, "problem" in found ? [markOf(view, found)] : []));
      onValidity(!("problem" in found));
      if ("content" in found) onChange(found.content);
    }
  }, []);

  return (
    <div>
      <div
        ref={host}
        className="max-h-[75dvh] min-h-40 overflow-auto rounded-lg border border-border bg-surface focus-within:border-border-strong"
      />
      <p role="status" className="mt-1 min-h-5 text-sm text-harm">
        {fault && `${fault}. What you typed is not part of the draft until this is mended.`}
      </p>
    </div>
  );
}

function leave(view: EditorView): boolean {
  view.contentDOM.blur();
  return true;
}

function spell(language: "yaml" | "json", content: PromptContent): string {
  const shown = toFileContent({ ...content, includes: [] });
  return language === "yaml" ? spellYaml(shown) : `${JSON.stringify(shown, null, 2)}\n`;
}

function contentOf(text: string, before: PromptContent) {
  const read = readYaml(text);
  if ("problem" in read) return read;
  const found = readFileContent(read.value, read.lineOf);
  if ("problem" in found) return found;
  if (found.content.type !== before.type) {
    return { problem: `type: a prompt keeps its type, which is ${before.type}`, line: read.lineOf(["type"]) };
  }
  return { content: { ...found.content, includes: before.includes } };
}

function markOf(view: EditorView, { problem, line }: { problem: string; line?: number }): Diagnostic {
  const { from, to } = view.state.doc.line(Math.min(Math.max(1, line ?? 1), view.state.doc.lines));
  return { from, to, severity: "error", message: problem };
}
