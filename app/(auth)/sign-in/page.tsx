import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { AuthCard } from "#components/auth/auth-card.tsx";
import { findSessionUser } from "#lib/projects/find-session-context.ts";
import { isSetUp } from "#lib/projects/set-up.ts";
import { safePath } from "../safe-path.ts";
import { SignIn } from "./sign-in.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string }> }) {
  const next = safePath((await searchParams).next);
  if (!(await isSetUp())) redirect("/setup");
  if (await findSessionUser(await headers())) redirect(next);
  return (
    <AuthCard title="Sign in" description="No account? Ask an owner of your project for an invitation link.">
      <SignIn next={next} />
    </AuthCard>
  );
}
