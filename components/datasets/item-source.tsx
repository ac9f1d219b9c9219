"use client";

import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { isAppError } from "#lib/core/errors.ts";
import { detectFormat, parseItems } from "#lib/datasets/parse-items.ts";
import type { DatasetItemInput } from "#lib/datasets/schema.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { formatBytes } from "../ui/format.ts";
import { Textarea } from "../ui/textarea.tsx";
import { ItemPreview } from "./item-preview.tsx";

type ItemSourceProps = {
  items: readonly DatasetItemInput[];
  onChange: (items: DatasetItemInput[]) => void;
};

/** Items from a file or a pasted text: CSV, JSON or JSON lines, read in the browser and shown before they are sent. */
export function ItemSource({ items, onChange }: ItemSourceProps) {
  const picker = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [file, setFile] = useState<{ name: string; size: number } | null>(null);
  const [fault, setFault] = useState<string | null>(null);

  function read(source: string, fileName = "") {
    setFault(null);
    if (source.trim() === "") return onChange([]);
    try {
      onChange(parseItems(source, detectFormat(source, fileName)));
    } catch (error) {
      onChange([]);
      setFault(isAppError(error) ? error.message : "This is neither CSV nor JSON.");
    }
  }

  async function choose(chosen: File | undefined) {
    if (!chosen) return;
    setFile(chosen);
    setText("");
    read(await chosen.text(), chosen.name);
  }

  return (
    <fieldset
      aria-label="Items"
      className="flex min-w-0 flex-col gap-3"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void choose(event.dataTransfer.files[0]);
      }}
    >
      <div className="flex flex-wrap items-center gap-3">
        <input
          ref={picker}
          type="file"
          accept=".csv,.tsv,.json,.jsonl,.ndjson,text/csv,application/json"
          className="sr-only"
          tabIndex={-1}
          aria-label="Items file"
          onChange={(event) => void choose(event.target.files?.[0])}
        />
        <Button onClick={() => picker.current?.click()}>
          <FileUp aria-hidden="true" />
          Choose a file
        </Button>
        <span className="text-sm text-muted">
          {file ? `${file.name}, ${formatBytes(file.size)}` : "CSV, JSON or JSON lines; or drop one here"}
        </span>
      </div>
      <Field
        label="Or paste items"
        description="Of a CSV, the columns “key”, “expected” and “metadata.…” are taken as such; all others are the input's variables."
        error={fault}
      >
        <Textarea
          isCode
          rows={5}
          value={text}
          placeholder={'country,expected\nFrance,Paris\n\n{"input":{"country":"France"},"expected":"Paris"}'}
          onChange={(event) => {
            setFile(null);
            setText(event.target.value);
            read(event.target.value);
          }}
        />
      </Field>
      {items.length > 0 && <ItemPreview items={items} />}
    </fieldset>
  );
}
