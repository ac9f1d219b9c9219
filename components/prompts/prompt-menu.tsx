"use client";

import {
  Archive,
  ArchiveRestore,
  Copy,
  Ellipsis,
  FileDown,
  FileUp,
  Pencil,
  SquareTerminal,
} from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Prompt } from "#lib/prompts/schema.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu.tsx";
import { Textarea } from "../ui/textarea.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import type { PromptActions } from "./prompt-actions.ts";
import { promptHref } from "./prompt-href.ts";

type PromptMenuProps = {
  slug: string;
  prompt: Prompt;
  number: number;
  actions: PromptActions;
  /** Opens what takes a prompt of another tool into the draft, and what gives this one away. */
  onImport: (() => void) | null;
  onExport: () => void;
};

/** What is done to a prompt as a whole. */
export function PromptMenu({ slug, prompt, number, actions, onImport, onExport }: PromptMenuProps) {
  const [open, setOpen] = useState<"edit" | "copy" | null>(null);
  const isArchived = prompt.archivedAt !== null;

  async function setArchived(next: boolean) {
    const result = await actions.update({ currentName: prompt.name, isArchived: next });
    if (!result.ok) return showError(result.error.message);
    showToast(next ? "Archived: it has left the lists and can still be fetched" : "Restored", {
      action: { label: "Undo", onClick: () => void setArchived(!next) },
    });
  }

  return (
    <>
      <LinkButton
        variant="quiet"
        prefetch={false}
        href={`/${slug}/playground?draft=${encodeURIComponent(prompt.name)}&version=${number}`}
        title="Run it, side by side with others"
      >
        <SquareTerminal aria-hidden="true" />
        Try in playground
      </LinkButton>
      <Menu
        align="end"
        trigger={
          <Button variant="quiet" size="icon" aria-label="More for this prompt">
            <Ellipsis aria-hidden="true" />
          </Button>
        }
      >
        <MenuItem icon={<Pencil aria-hidden="true" />} onSelect={() => setOpen("edit")}>
          Rename and describe…
        </MenuItem>
        <MenuItem icon={<Copy aria-hidden="true" />} onSelect={() => setOpen("copy")}>
          Duplicate version {number}…
        </MenuItem>
        <MenuSeparator />
        {onImport && (
          <MenuItem icon={<FileUp aria-hidden="true" />} onSelect={onImport}>
            Import into the draft…
          </MenuItem>
        )}
        <MenuItem icon={<FileDown aria-hidden="true" />} onSelect={onExport}>
          Export…
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          icon={isArchived ? <ArchiveRestore aria-hidden="true" /> : <Archive aria-hidden="true" />}
          onSelect={() => setArchived(!isArchived)}
        >
          {isArchived ? "Restore" : "Archive"}
        </MenuItem>
      </Menu>
      {open === "edit" && <EditDialog {...{ slug, prompt, actions }} onClose={() => setOpen(null)} />}
      {open === "copy" && <CopyDialog {...{ slug, prompt, number, actions }} onClose={() => setOpen(null)} />}
    </>
  );
}

type InnerProps = { slug: string; prompt: Prompt; actions: PromptActions; onClose: () => void };

function EditDialog({ slug, prompt, actions, onClose }: InnerProps) {
  const router = useRouter();
  const [name, setName] = useState(prompt.name);
  const [description, setDescription] = useState(prompt.description);
  const [tags, setTags] = useState(prompt.tags.join(", "));
  const { submit, isPending, error, issueOf } = useSubmit(actions.update, (updated) => {
    onClose();
    if (updated.name !== prompt.name) router.replace(promptHref(slug, updated.name));
  });
  return (
    <FormDialog
      title="Rename and describe"
      verb="Save"
      isPending={isPending}
      onClose={onClose}
      onSubmit={() =>
        submit({
          currentName: prompt.name,
          name,
          description,
          tags: tags
            .split(",")
            .map((tag) => tag.trim())
            .filter(Boolean),
        })
      }
    >
      <Field label="Name" description="Programs that use the old name keep working." error={issueOf("name")}>
        <Input isCode value={name} onValueChange={setName} autoFocus />
      </Field>
      <Field label="Description" isOptional error={issueOf("description")}>
        <Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} />
      </Field>
      <Field
        label="Tags"
        description="Separated by commas."
        isOptional
        error={issueOf("tags") ?? issueOf("tags.0")}
      >
        <Input value={tags} onValueChange={setTags} />
      </Field>
      <FormError>{error}</FormError>
    </FormDialog>
  );
}

function CopyDialog({ slug, prompt, number, actions, onClose }: InnerProps & { number: number }) {
  const router = useRouter();
  const [newName, setNewName] = useState(`${prompt.name}-copy`);
  const { submit, isPending, error, issueOf } = useSubmit(actions.copy, (made) =>
    router.push(promptHref(slug, made.name)),
  );
  return (
    <FormDialog
      title={`Duplicate version ${number}`}
      verb="Create prompt"
      isPending={isPending}
      onClose={onClose}
      onSubmit={() => submit({ name: prompt.name, number, newName })}
    >
      <Field label="Name of the new prompt" error={issueOf("newName") ?? issueOf("name")}>
        <Input isCode value={newName} onValueChange={setNewName} autoFocus />
      </Field>
      <FormError>{error}</FormError>
    </FormDialog>
  );
}

type FormDialogProps = {
  title: string;
  verb: string;
  isPending: boolean;
  onClose: () => void;
  onSubmit: () => void;
  children: React.ReactNode;
};

function FormDialog({ title, verb, isPending, onClose, onSubmit, children }: FormDialogProps) {
  return (
    <Dialog
      title={title}
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      width="sm"
      footer={
        <>
          <DialogClose />
          <Button variant="primary" type="submit" form="prompt-form" isPending={isPending}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        id="prompt-form"
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
