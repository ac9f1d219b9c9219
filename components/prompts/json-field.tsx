"use client";

import { type ComponentType, useEffect, useId, useRef, useState } from "react";
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
  /** A check that is fetched when something is first typed: a JSON schema's is large. */
  loadCheck?: () => Promise<(value: Json) => string | null>;
  /** Whether the text can be kept as it stands now; a save waits until it can. */
  onValidity: (isValid: boolean) => void;
  isReadOnly: boolean;
};

/**
 * JSON as text: what is typed stays as typed, also while it is not yet JSON. A value that comes from elsewhere, as by a
 * merge or an undo, takes the place of what was typed.
 */
export function JsonField(props: JsonFieldProps) {
  const { label, value, onChange, check, loadCheck, onValidity, isReadOnly } = props;
  const id = useId();
  const [Editor, setEditor] = useState<ComponentType<JsonEditorProps> | null>(null);
  const [start, setStart] = useState(() => ({ text: spell(value), place: 0 }));
  const [fault, setFault] = useState<string | null>(null);
  const key = JSON.stringify(value);
  const own = useRef(key);
  const typed = useRef(0);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (own.current === key) return;
    own.current = key;
    typed.current++;
    setFault(null);
    latest.current.onValidity(true);
    setStart((before) => ({ text: spell(latest.current.value), place: before.place + 1 }));
  }, [key]);

  useEffect(() => {
    let isGone = false;
    void import("./json-editor.tsx").then((module) => {
      if (!isGone) setEditor(() => module.JsonEditor);
    });
    return () => {
      isGone = true;
    };
  }, []);

  async function change(text: string) {
    const turn = ++typed.current;
    const parsed = parseJson(text);
    const told = (found: string | null) => {
      setFault(found);
      onValidity(found === null);
    };
    if ("error" in parsed) return told(parsed.error);
    const found = check?.(parsed.value) ?? null;
    told(found);
    if (found !== null) return;
    own.current = JSON.stringify(parsed.value);
    onChange(parsed.value);
    const late = loadCheck && (await loadCheck())(parsed.value);
    if (late && turn === typed.current) told(late);
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
          <Editor
            key={start.place}
            start={start.text}
            onChange={change}
            label={label}
            isReadOnly={isReadOnly}
          />
        ) : (
          <pre className="px-3 py-2 font-mono text-sm whitespace-pre-wrap">{start.text}</pre>
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

function spell(value: Json | undefined): string {
  return value === undefined ? "" : JSON.stringify(value, null, 2);
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
