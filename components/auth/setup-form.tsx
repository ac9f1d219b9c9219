"use client";

import type { FormEvent } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { useSubmit } from "../ui/use-submit.ts";

export type SetupInput = { name: string; email: string; password: string; projectName: string };

type SetupFormProps<Data> = {
  onSetUp: (input: SetupInput) => Promise<ActionResult<Data>>;
  onDone: (data: Data, input: SetupInput) => void | Promise<void>;
};

/** The first run: the owner and the first project. */
export function SetupForm<Data>({ onSetUp, onDone }: SetupFormProps<Data>) {
  const { submit, isPending, error, issueOf } = useSubmit(async (input: SetupInput) => {
    const result = await onSetUp(input);
    if (result.ok) await onDone(result.data, input);
    return result;
  });

  function setUp(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const text = (name: string) => String(values.get(name) ?? "");
    void submit({
      name: text("name"),
      email: text("email"),
      password: text("password"),
      projectName: text("projectName"),
    });
  }

  return (
    <form onSubmit={setUp} className="flex flex-col gap-4">
      <Field label="Your name" name="name" error={issueOf("name")}>
        <Input autoComplete="name" required maxLength={100} autoFocus />
      </Field>
      <Field label="Email" name="email" error={issueOf("email")}>
        <Input type="email" autoComplete="username" required />
      </Field>
      <Field
        label="Password"
        name="password"
        error={issueOf("password")}
        description="At least 10 characters."
      >
        <Input type="password" autoComplete="new-password" required minLength={10} maxLength={128} />
      </Field>
      <Field
        label="First project"
        name="projectName"
        error={issueOf("projectName")}
        description="Prompts, tests and traces live in a project. More can follow."
      >
        <Input required maxLength={80} placeholder="Support assistant" autoComplete="off" />
      </Field>
      <FormError>{error}</FormError>
      <Button type="submit" variant="primary" isPending={isPending}>
        Make account and project
      </Button>
    </form>
  );
}
