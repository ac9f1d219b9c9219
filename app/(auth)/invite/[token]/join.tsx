"use client";

import { InvitationForm } from "#components/auth/invitation-form.tsx";
import { SignInForm } from "#components/auth/sign-in-form.tsx";
import type { OpenInvitation } from "#lib/projects/members.ts";
import { signIn } from "../../auth-client.ts";
import { joinWithAccount, joinWithNewAccount } from "./actions.ts";

/** Someone new makes an account; someone known proves who they are, and then joins. */
export function Join({ token, invitation }: { token: string; invitation: OpenInvitation }) {
  const { email, projectName, projectSlug } = invitation;
  const open = () => window.location.assign(`/${projectSlug}`);

  if (invitation.hasAccount) {
    return (
      <SignInForm
        email={email}
        submitLabel={`Sign in and join ${projectName}`}
        onSignIn={async (_, password) => {
          const problem = await signIn(email, password);
          if (problem !== null) return problem;
          const joined = await joinWithAccount({ token });
          if (!joined.ok) return joined.error.message;
          open();
          return null;
        }}
      />
    );
  }
  return (
    <InvitationForm
      email={email}
      projectName={projectName}
      onAccept={(account) => joinWithNewAccount({ token, ...account })}
      onDone={async (password) => {
        await signIn(email, password);
        open();
      }}
    />
  );
}
