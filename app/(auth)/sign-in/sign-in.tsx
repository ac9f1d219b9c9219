"use client";

import { SignInForm } from "#components/auth/sign-in-form.tsx";
import { signIn } from "../auth-client.ts";

/** Goes on by loading the page anew: what the router remembers is from before the session. */
export function SignIn({ next }: { next: string }) {
  return (
    <SignInForm
      onSignIn={async (email, password) => {
        const problem = await signIn(email, password);
        if (problem === null) window.location.assign(next);
        return problem;
      }}
    />
  );
}
