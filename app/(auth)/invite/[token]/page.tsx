import type { Metadata } from "next";
import { AuthCard } from "#components/auth/auth-card.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { isAppError } from "#lib/core/errors.ts";
import { findInvitation, type OpenInvitation } from "#lib/projects/members.ts";
import { Join } from "./join.tsx";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const invitation = await openOrReason(token);
  if (typeof invitation === "string") {
    return (
      <AuthCard title="This invitation is not open" description={invitation}>
        <LinkButton href="/sign-in">Sign in</LinkButton>
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title={`Join ${invitation.projectName}`}
      description={`You are invited as ${invitation.role === "viewer" ? "a" : "an"} ${invitation.role}.`}
    >
      <Join token={token} invitation={invitation} />
    </AuthCard>
  );
}

async function openOrReason(token: string): Promise<OpenInvitation | string> {
  try {
    return await findInvitation(token);
  } catch (error) {
    if (isAppError(error)) return error.message;
    throw error;
  }
}
