"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactElement, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import type { SaveVersionInput } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { LazyPart } from "../ui/lazy-part.tsx";
import { Select } from "../ui/select.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import type { ImportedPrompt } from "./import-dialog.tsx";
import { promptHref } from "./prompt-href.ts";

type NewPromptDialogProps = {
  slug: string;
  /** The new prompt's name starts in this folder. */
  folder: string;
  /** The name it begins with, where that is known. */
  initialName?: string;
  /** The button that opens it, where it is not “New prompt”. */
  trigger?: ReactElement;
  onCreate: (input: SaveVersionInput) => Promise<ActionResult<{ name: string }>>;
};

/** Makes a prompt with a first version to start from, and opens it. */
export function NewPromptDialog({ slug, folder, initialName, trigger, onCreate }: NewPromptDialogProps) {
  const router = useRouter();
  const [name, setName] = useState(initialName ?? (folder ? `${folder}/` : ""));
  const [type, setType] = useState<"chat" | "text">("chat");
  const [isImporting, setImporting] = useState(false);
  const { submit, isPending, error, issueOf, clear } = useSubmit(onCreate, (created) => {
    router.push(promptHref(slug, created.name));
  });
  if (isImporting) {
    return (
      <LazyPart
        load={loadImport}
        fallback={null}
        props={{
          type: null,
          folder,
          isPending,
          error: error ?? issueOf("name"),
          onImport: ({ content, name: asked }: ImportedPrompt) =>
            void submit({ name: asked, content, message: "Imported", expectedLatest: 0 }),
          onClose: () => {
            clear();
            setImporting(false);
          },
        }}
      />
    );
  }

  return (
    <Dialog
      title="New prompt"
      trigger={
        trigger ?? (
          <Button variant="primary">
            <Plus aria-hidden="true" />
            New prompt
          </Button>
        )
      }
      width="sm"
      footer={
        <>
          <Button variant="quiet" className="mr-auto" onClick={() => setImporting(true)}>
            Import…
          </Button>
          <DialogClose />
          <Button variant="primary" type="submit" form="new-prompt" isPending={isPending}>
            Create prompt
          </Button>
        </>
      }
    >
      <form
        id="new-prompt"
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void submit({ name, content: starters[type], message: "First version", expectedLatest: 0 });
        }}
      >
        <Field label="Name" description="Slashes make folders." error={issueOf("name")}>
          <Input isCode value={name} onValueChange={setName} placeholder="support/triage" autoFocus />
        </Field>
        <Field label="Type" description="A prompt keeps its type.">
          <Select options={types} value={type} onValueChange={setType} />
        </Field>
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}

const loadImport = async () => (await import("./import-dialog.tsx")).ImportDialog;

const types = [
  { value: "chat", label: "Chat", hint: "A list of messages with roles" },
  { value: "text", label: "Text", hint: "One text, sent as one user message" },
] as const;

const question = {
  name: "question",
  type: "string",
  isRequired: true,
  example: "What is the capital of Peru?",
} as const;

const starters: Record<"chat" | "text", SaveVersionInput["content"]> = {
  chat: {
    type: "chat",
    messages: [
      { role: "system", content: "You answer questions about geography. Answer with the name alone." },
      { role: "user", content: "{{question}}" },
    ],
    variables: [question],
  },
  text: {
    type: "text",
    text: "Answer this question about geography with the name alone: {{question}}",
    variables: [question],
  },
};
