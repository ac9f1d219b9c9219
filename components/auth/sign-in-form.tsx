"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";

type SignInFormProps = {
  /** Given, the email is known and only the password is asked for. */
  email?: string;
  submitLabel?: string;
  /** Resolves to null when signed in, or to what is wrong. */
  onSignIn: (email: string, password: string) => Promise<string | null>;
};

export function SignInForm({ email, submitLabel = "Sign in", onSignIn }: SignInFormProps) {
  const [error, setError] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);

  async function signIn(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    setPending(true);
    const problem = await onSignIn(String(values.get("email")).trim(), String(values.get("password")));
    setError(problem);
    // Signed in, the next page is on its way: the button keeps saying so.
    if (problem !== null) setPending(false);
  }

  return (
    <form onSubmit={signIn} className="flex flex-col gap-4">
      <Field label="Email" name="email">
        <Input
          type="email"
          autoComplete="username"
          required
          defaultValue={email}
          readOnly={email !== undefined}
        />
      </Field>
      <Field label="Password" name="password">
        <Input type="password" autoComplete="current-password" required autoFocus={email !== undefined} />
      </Field>
      <FormError>{error}</FormError>
      <Button type="submit" variant="primary" isPending={isPending}>
        {submitLabel}
      </Button>
    </form>
  );
}
