"use client";

import Link from "next/link";
import { useMemo, useState } from "react";
import { diffContent } from "#lib/prompts/diff.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf } from "../ui/format.ts";
import { Kbd } from "../ui/kbd.tsx";
import { Textarea } from "../ui/textarea.tsx";
import { promptHref } from "./prompt-href.ts";

type SaveDialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  slug: string;
  promptName: string;
  base: { number: number; content: PromptContent };
  content: PromptContent;
  latestNumber: number;
  isPending: boolean;
  /** Why the last try failed. */
  error: string | null;
  onSave: (message: string) => void;
  /** Brings the newest version's changes into what is written, instead of saving without them. */
  onMerge: () => void;
};

/** Asks what changed and why, having said what changed. */
export function SaveDialog(props: SaveDialogProps) {
  const {
    isOpen,
    onOpenChange,
    slug,
    promptName,
    base,
    content,
    latestNumber,
    isPending,
    error,
    onSave,
    onMerge,
  } = props;
  const isBranch = base.number !== latestNumber;
  const [message, setMessage] = useState("");
  const summary = useMemo(
    () => (isOpen ? summaryOf(base.content, content) : ""),
    [isOpen, base.content, content],
  );
  return (
    <Dialog
      title={`Save version ${latestNumber + 1}`}
      description={summary}
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      width="sm"
      footer={
        <>
          <DialogClose />
          {isBranch && <Button onClick={onMerge}>Merge version {latestNumber} first</Button>}
          <Button variant="primary" isPending={isPending} onClick={() => onSave(message)}>
            Save version {latestNumber + 1}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3 pb-2"
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || isPending) return;
          event.preventDefault();
          onSave(message);
        }}
      >
        <Field label="What changed and why" isOptional>
          <Textarea
            rows={3}
            autoFocus
            maxLength={1000}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
            placeholder="Asks for the name alone, because answers were too long"
          />
        </Field>
        {isBranch && (
          <p className="text-sm text-unresolved">
            This was written from version {base.number}; the newest is {latestNumber}, and its changes are not
            in it.{" "}
            <Link
              href={promptHref(slug, promptName, `compare=${base.number}..${latestNumber}`)}
              target="_blank"
              className="link"
            >
              See what changed in between
            </Link>
          </p>
        )}
        <FormError>{error}</FormError>
        <p className="text-xs text-muted">
          <Kbd>⌘</Kbd> <Kbd>↵</Kbd> saves. Labels stay where they are until you promote the version.
        </p>
      </form>
    </Dialog>
  );
}

function summaryOf(before: PromptContent, after: PromptContent): string {
  const { messages, fields } = diffContent(before, after);
  const changed = messages.filter((each) => each.kind !== "same").length;
  const parts = [
    changed > 0 && `${countOf(changed, "message")} changed`,
    fields.length > 0 && `${countOf(fields.length, "setting")} changed`,
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join(", ")}.` : "Only the order of variables or tools changed.";
}
