"use client";

import { type ComponentType, useEffect, useState } from "react";
import type { TemplateEditorProps } from "./template-editor.tsx";

/**
 * The template editor, loaded after the page has been drawn: until then the text stands where it will be, set
 * alike, so that nothing jumps and the page's own script stays small.
 */
export function TemplateField(props: TemplateEditorProps) {
  const [Editor, setEditor] = useState<ComponentType<TemplateEditorProps> | null>(null);

  useEffect(() => {
    let isGone = false;
    void import("./template-editor.tsx").then((module) => {
      if (!isGone) setEditor(() => module.TemplateEditor);
    });
    return () => {
      isGone = true;
    };
  }, []);

  if (Editor) return <Editor {...props} />;
  return (
    <pre className="min-h-9 px-3 py-2 font-mono text-sm break-words whitespace-pre-wrap">
      {props.value || " "}
    </pre>
  );
}
