"use client";

import type { FormEvent } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { useSubmit } from "../ui/use-submit.ts";

type NewProjectFormProps = {
  onCreate: (input: { name: string }) => Promise<ActionResult<{ slug: string }>>;
  onDone: (slug: string) => void;
};

export function NewProjectForm({ onCreate, onDone }: NewProjectFormProps) {
  const { submit, isPending, error, issueOf } = useSubmit(onCreate, ({ slug }) => onDone(slug));

  function create(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void submit({ name: String(new FormData(event.currentTarget).get("name")) });
  }

  return (
    <form onSubmit={create} className="flex flex-col gap-4">
      <Field label="Name" name="name" error={issueOf("name")}>
        <Input required maxLength={80} autoComplete="off" autoFocus placeholder="Support assistant" />
      </Field>
      <FormError>{error}</FormError>
      <Button type="submit" variant="primary" isPending={isPending}>
        Create project
      </Button>
    </form>
  );
}
