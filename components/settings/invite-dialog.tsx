"use client";

import { UserPlus } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import type { Role } from "#lib/core/context.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { roleOptions } from "./roles.ts";

type InviteDialogProps = {
  canInviteOwners: boolean;
  onInvite: (input: { email: string; role: Role }) => Promise<ActionResult<{ url: string }>>;
};

/** Makes a link to hand over: this server sends no mail. */
export function InviteDialog({ canInviteOwners, onInvite }: InviteDialogProps) {
  const formId = useId();
  const [isOpen, setOpen] = useState(false);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const [url, setUrl] = useState<string | null>(null);
  const { submit, isPending, error, issueOf, clear } = useSubmit(onInvite, (made) => setUrl(made.url));

  function changeOpen(next: boolean) {
    setOpen(next);
    if (!next) return;
    setUrl(null);
    setEmail("");
    clear();
  }

  function invite(event: FormEvent) {
    event.preventDefault();
    void submit({ email, role });
  }

  return (
    <Dialog
      title={url ? `Invitation for ${email}` : "Invite a member"}
      description={
        url
          ? "Hand this link over yourself. It works once, for seven days, and is not shown again."
          : "You get a link to hand over."
      }
      isOpen={isOpen}
      onOpenChange={changeOpen}
      trigger={
        <Button variant="primary">
          <UserPlus aria-hidden="true" />
          Invite member
        </Button>
      }
      footer={
        url ? (
          <DialogClose>Done</DialogClose>
        ) : (
          <>
            <DialogClose />
            <Button type="submit" form={formId} variant="primary" isPending={isPending}>
              Make link
            </Button>
          </>
        )
      }
    >
      {url ? (
        <CodeBlock code={url} label="Invitation link" isWrapped />
      ) : (
        <form id={formId} onSubmit={invite} className="flex flex-col gap-4">
          <Field label="Email" name="email" error={issueOf("email")}>
            <Input type="email" required autoComplete="off" value={email} onValueChange={setEmail} />
          </Field>
          <Field label="Role" name="role" error={issueOf("role")}>
            <Select
              value={role}
              onValueChange={setRole}
              options={roleOptions.filter((option) => option.value !== "owner" || canInviteOwners)}
            />
          </Field>
          <FormError>{error}</FormError>
        </form>
      )}
    </Dialog>
  );
}
