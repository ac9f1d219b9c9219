"use client";

import { type ComponentType, useEffect, useId, useState } from "react";
import type { Json } from "#lib/core/json.ts";
import { classNames } from "../ui/class-names.ts";
import type { JsonEditorProps } from "./json-editor.tsx";

type JsonFieldProps = {
  label: string;
  value: Json | undefined;
  /** Called with each text that is JSON and passes `check`. */
  onChange: (value: Json) => void;
  /** What is wrong with a value, in one sentence; null if nothing. */
  check?: (value: Json) => string | null;
  /** Whether the text can be kept as it stands now; a save waits until it can. */
  onValidity: (isValid: boolean) => void;
  isReadOnly: boolean;
};

/** JSON as text: what is typed stays as typed, also while it is not yet JSON. */
export function JsonField({ label, value, onChange, check, onValidity, isReadOnly }: JsonFieldProps) {
  const id = useId();
  const [Editor, setEditor] = useState<ComponentType<JsonEditorProps> | null>(null);
  const [start] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const [fault, setFault] = useState<string | null>(null);

  useEffect(() => {
    let isGone = false;
    void import("./json-editor.tsx").then((module) => {
      if (!isGone) setEditor(() => module.JsonEditor);
    });
    return () => {
      isGone = true;
    };
  }, []);

  function change(text: string) {
    const parsed = parseJson(text);
    const found = "error" in parsed ? parsed.error : (check?.(parsed.value) ?? null);
    setFault(found);
    onValidity(found === null);
    if (found === null && "value" in parsed) onChange(parsed.value);
  }

  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span id={id} className="text-sm font-medium">
        {label}
      </span>
      <div
        className={classNames(
          "max-h-96 overflow-auto rounded-md border bg-surface focus-within:border-accent",
          fault && "border-harm",
        )}
      >
        {Editor ? (
          <Editor start={start} onChange={change} label={label} isReadOnly={isReadOnly} />
        ) : (
          <pre className="px-3 py-2 font-mono text-sm whitespace-pre-wrap">{start}</pre>
        )}
      </div>
      {fault && (
        <p role="alert" className="text-xs text-harm">
          {fault}
        </p>
      )}
    </div>
  );
}

function parseJson(text: string): { value: Json } | { error: string } {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return {
      error: `This is not JSON yet: ${error instanceof Error ? error.message : "it does not parse"}.`,
    };
  }
}
