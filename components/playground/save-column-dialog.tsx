"use client";

import { useState } from "react";
import type { PlaygroundColumn } from "#lib/playground/schema.ts";
import { inferVariables } from "#lib/prompts/template.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Textarea } from "../ui/textarea.tsx";
import { showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import type { LoadedVersion, PlaygroundActions } from "./playground-actions.ts";

type SaveColumnDialogProps = {
  letter: string;
  /** Null closes it. */
  column: PlaygroundColumn | null;
  actions: PlaygroundActions;
  onSaved: (version: LoadedVersion) => void;
  onClose: () => void;
};

/** Keeps what a column says as the next version of its prompt, or as a new prompt's first. */
export function SaveColumnDialog({ letter, column, actions, onSaved, onClose }: SaveColumnDialogProps) {
  const origin = column?.origin ?? null;
  const [name, setName] = useState(origin?.promptName ?? "");
  const [message, setMessage] = useState("");
  const form = useSubmit(actions.saveColumn, (saved) => {
    showToast(
      saved.isNew
        ? `Saved ${saved.name}, version ${saved.number}`
        : `${saved.name} version ${saved.number} has exactly this content: no new version was made`,
    );
    onSaved(saved);
    onClose();
  });
  const isOfOrigin = origin !== null && name.trim() === origin.promptName;
  const contentIssue = ["content", "content.messages", "expectedLatest"].map(form.issueOf).find(Boolean);

  return (
    <Dialog
      title={`Save column ${letter} as a version`}
      description="Its messages, variables, sampling, answer format and tools. The model and what was set for the column alone are not part of it."
      isOpen={column !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      width="sm"
      footer={
        <>
          <DialogClose />
          <Button variant="primary" type="submit" form="save-column" isPending={form.isPending}>
            {isOfOrigin ? "Save the next version" : "Save as this prompt"}
          </Button>
        </>
      }
    >
      <form
        id="save-column"
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (!column) return;
          const { content } = column;
          void form.submit({
            name,
            message,
            // What is used and was never declared is declared now, as the page has treated it all along.
            content: { ...content, variables: [...content.variables, ...inferVariables(content)] },
            ...(isOfOrigin && { parentNumber: origin.number }),
          });
        }}
      >
        <Field
          label="Prompt"
          description="An existing prompt gets its next version; a new name makes a prompt."
          error={form.issueOf("name")}
        >
          <Input isCode autoFocus value={name} onValueChange={setName} placeholder="support/triage" />
        </Field>
        <Field label="What changed and why" isOptional>
          <Textarea
            rows={2}
            maxLength={1000}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
          />
        </Field>
        <FormError>{form.error ?? contentIssue ?? null}</FormError>
      </form>
    </Dialog>
  );
}
