"use client";

import { FileUp } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { readAnyFormat } from "#lib/prompts/formats/formats.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { Textarea } from "../ui/textarea.tsx";
import { WarningList } from "./warning-list.tsx";

export type ImportedPrompt = { content: PromptContent; model: string | null; name: string };

export type ImportDialogProps = {
  /** The type it must be, to become part of a prompt that is there; null makes a new prompt. */
  type: "chat" | "text" | null;
  /** The new prompt's name starts in this folder. */
  folder?: string;
  isPending?: boolean;
  /** Why the last try failed. */
  error?: string | null;
  onImport: (imported: ImportedPrompt) => void;
  onClose: () => void;
};

const longestFile = 2_000_000;

/** Takes a prompt over from another tool: pasted, chosen or dropped; in whichever form it is. */
export function ImportDialog({ type, folder = "", isPending, error, onImport, onClose }: ImportDialogProps) {
  const [text, setText] = useState("");
  const [name, setName] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const read = useMemo(() => (text.trim() === "" ? null : readAnyFormat(text)), [text]);
  const result = read && ("problem" in read ? read : read.result);
  const imported = result && !("problem" in result) ? result : null;
  const wrongType =
    imported && type && imported.content.type !== type
      ? `This is a ${imported.content.type} prompt, and yours is a ${type} prompt. Import it as a new prompt instead.`
      : null;
  const shownName = name ?? (imported?.name ? inFolder(folder, imported.name) : folder ? `${folder}/` : "");

  async function take(chosen: File | undefined) {
    if (!chosen) return;
    if (chosen.size > longestFile) return setFault(`${chosen.name} is larger than 2 MB.`);
    setFault(null);
    setText(await chosen.text());
  }

  return (
    <Dialog
      title={type ? "Import into the draft" : "Import a prompt"}
      description="Stemma YAML or JSON, Langfuse JSON, promptfoo YAML, an OpenAI request body or a .prompt file."
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      width="md"
      footer={
        <>
          <DialogClose />
          <Button
            variant="primary"
            isPending={isPending}
            disabled={!imported || wrongType !== null || (!type && shownName.trim() === "")}
            onClick={() =>
              imported &&
              onImport({ content: imported.content, model: imported.model, name: shownName.trim() })
            }
          >
            {type ? "Replace the draft" : "Create prompt"}
          </Button>
        </>
      }
    >
      <fieldset
        aria-label="What to import"
        className={classNames("flex flex-col gap-4 rounded-md pb-2", isOver && "outline-2 outline-accent")}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer.files[0]);
        }}
      >
        <Field label="Prompt">
          <Textarea
            isCode
            rows={9}
            autoFocus
            placeholder="Paste it here, or drop a file"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <div>
          <input
            ref={file}
            type="file"
            className="sr-only"
            tabIndex={-1}
            aria-label="File to import"
            accept=".json,.yaml,.yml,.prompt,.txt"
            onChange={(event) => void take(event.target.files?.[0])}
          />
          <Button size="sm" onClick={() => file.current?.click()}>
            <FileUp aria-hidden="true" />
            Choose a file
          </Button>
        </div>
        {result && "problem" in result && (
          <p role="alert" className="text-sm text-harm">
            {result.line ? `Line ${result.line}: ` : ""}
            {result.problem}
          </p>
        )}
        {imported && read && "format" in read && (
          <p role="status" className="text-sm text-muted">
            {read.format.label}: {sizeOf(imported.content)}.
          </p>
        )}
        {imported && <WarningList warnings={imported.warnings} />}
        {imported && !type && (
          <Field label="Name" description="Slashes make folders.">
            <Input isCode value={shownName} onValueChange={setName} />
          </Field>
        )}
        <FormError>{fault ?? wrongType ?? error ?? null}</FormError>
      </fieldset>
    </Dialog>
  );
}

function inFolder(folder: string, name: string): string {
  return folder && !name.startsWith(`${folder}/`) ? `${folder}/${name}` : name;
}

function sizeOf(content: PromptContent): string {
  const template = content.type === "chat" ? countOf(content.messages.length, "message") : "one text";
  return `${template}, ${countOf(content.variables.length, "variable")}, ${countOf(content.tools.length, "tool")}`;
}
