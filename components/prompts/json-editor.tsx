"use client";

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { codeColors } from "./code-colors.ts";
import { codeTheme } from "./code-theme.ts";

export type JsonEditorProps = {
  /** The text to start with; later changes from outside are not taken over. */
  start: string;
  onChange: (text: string) => void;
  label: string;
  isReadOnly: boolean;
};

/** A code editor for one JSON text. */
export function JsonEditor(props: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const { start, label, isReadOnly } = latest.current;
    const view = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: start,
        extensions: [
          json(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          EditorView.lineWrapping,
          syntaxHighlighting(codeColors),
          keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap]),
          codeTheme,
          EditorView.contentAttributes.of({ "aria-label": label }),
          EditorState.readOnly.of(isReadOnly),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    return () => view.destroy();
  }, []);

  return <div ref={host} className="min-h-9" />;
}
