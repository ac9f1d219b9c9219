import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import {
  findMembership,
  findSessionUser,
  type Membership,
  type SessionUser,
} from "#lib/projects/find-session-context.ts";
import { isSetUp } from "#lib/projects/set-up.ts";
import { pathHeader } from "./request-headers.ts";

/** The signed-in person; leads to set-up or sign-in if there is none. */
export async function requireUser(): Promise<SessionUser> {
  const sent = await headers();
  const user = await findSessionUser(sent);
  if (user) return user;
  if (!(await isSetUp())) redirect("/setup");
  const wanted = sent.get(pathHeader);
  redirect(wanted ? `/sign-in?next=${encodeURIComponent(wanted)}` : "/sign-in");
}

/** The signed-in person's membership of the project in the URL; 404 for a project they are not in. */
export async function requirePage(slug: string): Promise<Membership> {
  const membership = await findMembership(await headers(), slug);
  if (membership) return membership;
  await requireUser();
  notFound();
}
