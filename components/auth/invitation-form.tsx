"use client";

import type { FormEvent } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { useSubmit } from "../ui/use-submit.ts";

type InvitationFormProps = {
  email: string;
  projectName: string;
  onAccept: (input: { name: string; password: string }) => Promise<ActionResult<unknown>>;
  onDone: (password: string) => void | Promise<void>;
};

/** Makes the invited person's account and joins the project. */
export function InvitationForm({ email, projectName, onAccept, onDone }: InvitationFormProps) {
  const { submit, isPending, error, issueOf } = useSubmit(onAccept);

  async function join(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const password = String(values.get("password"));
    if (await submit({ name: String(values.get("name")), password })) await onDone(password);
  }

  return (
    <form onSubmit={join} className="flex flex-col gap-4">
      <Field label="Email" name="email">
        <Input type="email" autoComplete="username" readOnly value={email} />
      </Field>
      <Field label="Your name" name="name" error={issueOf("name")}>
        <Input autoComplete="name" required maxLength={100} autoFocus />
      </Field>
      <Field
        label="Password"
        name="password"
        error={issueOf("password")}
        description="At least 10 characters."
      >
        <Input type="password" autoComplete="new-password" required minLength={10} maxLength={128} />
      </Field>
      <FormError>{error}</FormError>
      <Button type="submit" variant="primary" isPending={isPending}>
        Join {projectName}
      </Button>
    </form>
  );
}
