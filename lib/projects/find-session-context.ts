import { type Context, type Role, roles, scopesOfRole } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { auth } from "./auth.ts";

export type SessionUser = { id: string; name: string; email: string };

/** The person whose session cookie these headers carry; null if there is none or it has ended. */
export async function findSessionUser(headers: Headers): Promise<SessionUser | null> {
  const session = await auth().api.getSession({ headers });
  return session ? { id: session.user.id, name: session.user.name, email: session.user.email } : null;
}

export type Membership = {
  ctx: Context;
  role: Role;
  user: SessionUser;
  project: { id: string; slug: string; name: string; retentionDays: number | null };
};

/** The signed-in person's membership of the project with this slug; null if they are not a member of one. */
export async function findMembership(headers: Headers, slug: string): Promise<Membership | null> {
  const user = await findSessionUser(headers);
  if (!user) return null;
  const member = await prisma().member.findFirst({
    where: { userId: user.id, project: { slug } },
    include: { project: true },
  });
  if (!member) return null;
  const role = roles.find((name) => name === member.role) ?? "viewer";
  const { id, name, retentionDays } = member.project;
  return {
    role,
    user,
    project: { id, slug, name, retentionDays },
    ctx: {
      projectId: id,
      actor: { type: "user", id: user.id, name: user.name },
      scopes: scopesOfRole[role],
    },
  };
}

export async function findSessionContext(headers: Headers, slug: string): Promise<Context | null> {
  return (await findMembership(headers, slug))?.ctx ?? null;
}
