import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { now } from "#lib/core/clock.ts";
import { type Context, type Role, requireScope, roles } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "./audit.ts";
import { accountInput, createAccount } from "./set-up.ts";

export type MemberRow = { userId: string; name: string; email: string; role: Role; since: Date };
export type InvitationRow = { id: string; email: string; role: Role; invitedBy: string; expiresAt: Date };

export async function listMembers(
  ctx: Context,
): Promise<{ members: MemberRow[]; invitations: InvitationRow[] }> {
  requireScope(ctx, "read");
  const [members, invitations] = await Promise.all([
    prisma().member.findMany({
      where: { projectId: ctx.projectId },
      include: { user: true },
      orderBy: { createdAt: "asc" },
    }),
    prisma().invitation.findMany({
      where: { projectId: ctx.projectId, acceptedAt: null, expiresAt: { gt: now() } },
      orderBy: { createdAt: "asc" },
    }),
  ]);
  return {
    members: members.map(({ user, role, createdAt }) => ({
      userId: user.id,
      name: user.name,
      email: user.email,
      role: role as Role,
      since: createdAt,
    })),
    invitations: invitations.map(({ id, email, role, invitedBy, expiresAt }) => ({
      id,
      email,
      role: role as Role,
      invitedBy,
      expiresAt,
    })),
  };
}

export const inviteInput = z.object({
  email: z.email("This does not look like an email address.").transform((text) => text.toLowerCase()),
  role: z.enum(roles),
});

/** Makes an invitation valid for seven days; `token` is shown once and goes into the link to hand over. */
export async function inviteMember(
  ctx: Context,
  input: z.infer<typeof inviteInput>,
): Promise<{ token: string }> {
  requireScope(ctx, "admin");
  await requireOwnerFor(ctx, input.role);
  const token = randomBytes(24).toString("base64url");
  await prisma().$transaction(async (tx) => {
    const id = newId();
    await tx.invitation.create({
      data: {
        id,
        projectId: ctx.projectId,
        email: input.email,
        role: input.role,
        tokenHash: hashToken(token),
        invitedBy: ctx.actor.name,
        expiresAt: new Date(now().getTime() + 7 * 86_400_000),
      },
    });
    await recordAudit(tx, ctx, {
      action: "member.invited",
      subjectType: "member",
      subjectId: id,
      subjectName: input.email,
      after: { role: input.role },
    });
  });
  return { token };
}

export async function cancelInvitation(ctx: Context, id: string): Promise<void> {
  requireScope(ctx, "admin");
  await prisma().$transaction(async (tx) => {
    const invitation = await tx.invitation.findFirst({ where: { id, projectId: ctx.projectId } });
    if (!invitation) throw new AppError("not_found", "There is no such invitation.");
    await tx.invitation.delete({ where: { id } });
    await recordAudit(tx, ctx, {
      action: "member.invitation_canceled",
      subjectType: "member",
      subjectId: id,
      subjectName: invitation.email,
    });
  });
}

export type OpenInvitation = {
  email: string;
  role: Role;
  projectName: string;
  projectSlug: string;
  hasAccount: boolean;
};

export async function findInvitation(token: string): Promise<OpenInvitation> {
  const { invitation, project } = await openInvitation(token);
  const user = await prisma().user.findUnique({ where: { email: invitation.email } });
  return {
    email: invitation.email,
    role: invitation.role as Role,
    projectName: project.name,
    projectSlug: project.slug,
    hasAccount: user !== null,
  };
}

export const acceptInvitationInput = accountInput.pick({ name: true, password: true });

/** Makes the invited person's account, if they have none, and their membership. Returns the project's slug. */
export async function acceptInvitation(
  token: string,
  input: z.infer<typeof acceptInvitationInput> | null,
): Promise<{ slug: string; email: string }> {
  const { invitation, project } = await openInvitation(token);
  const known = await prisma().user.findUnique({ where: { email: invitation.email } });
  if (!known && !input) throw new AppError("invalid_input", "Choose a name and a password.");
  const user = known ?? (await createAccount({ ...input!, email: invitation.email }));
  await prisma().$transaction(async (tx) => {
    const taken = await tx.invitation.updateMany({
      where: { id: invitation.id, acceptedAt: null },
      data: { acceptedAt: now() },
    });
    if (taken.count === 0) throw new AppError("conflict", "This invitation was used already.");
    await tx.member.upsert({
      where: { projectId_userId: { projectId: project.id, userId: user.id } },
      create: { projectId: project.id, userId: user.id, role: invitation.role },
      update: {},
    });
    const actor = { type: "user" as const, id: user.id, name: user.name };
    await recordAudit(
      tx,
      { projectId: project.id, actor, scopes: new Set() },
      {
        action: "member.joined",
        subjectType: "member",
        subjectId: user.id,
        subjectName: invitation.email,
        after: { role: invitation.role },
      },
    );
  });
  return { slug: project.slug, email: invitation.email };
}

export async function changeRole(ctx: Context, input: { userId: string; role: Role }): Promise<void> {
  requireScope(ctx, "admin");
  await prisma().$transaction(async (tx) => {
    const member = await lockMember(tx, ctx, input.userId);
    if (member.role === input.role) return;
    await requireOwnerFor(ctx, input.role);
    await requireOwnerFor(ctx, member.role);
    if (member.role === "owner") await requireAnotherOwner(tx, ctx, input.userId);
    await tx.member.update({
      where: { projectId_userId: { projectId: ctx.projectId, userId: input.userId } },
      data: { role: input.role },
    });
    await recordAudit(tx, ctx, {
      action: "member.role_changed",
      subjectType: "member",
      subjectId: input.userId,
      subjectName: member.name,
      before: { role: member.role },
      after: { role: input.role },
    });
  });
}

export async function removeMember(ctx: Context, userId: string): Promise<void> {
  requireScope(ctx, "admin");
  await prisma().$transaction(async (tx) => {
    const member = await lockMember(tx, ctx, userId);
    await requireOwnerFor(ctx, member.role);
    if (member.role === "owner") await requireAnotherOwner(tx, ctx, userId);
    await tx.member.delete({ where: { projectId_userId: { projectId: ctx.projectId, userId } } });
    await recordAudit(tx, ctx, {
      action: "member.removed",
      subjectType: "member",
      subjectId: userId,
      subjectName: member.name,
      before: { role: member.role },
    });
  });
}

async function openInvitation(token: string) {
  const invitation = await prisma().invitation.findUnique({ where: { tokenHash: hashToken(token) } });
  const isOpen = invitation && invitation.acceptedAt === null && invitation.expiresAt > now();
  if (!isOpen) throw new AppError("not_found", "This invitation has expired or was used. Ask for a new one.");
  const project = await prisma().project.findUniqueOrThrow({ where: { id: invitation.projectId } });
  return { invitation, project };
}

/** Locks the project's members, so that two owners cannot remove each other at once. */
async function lockMember(tx: Transaction, ctx: Context, userId: string) {
  await tx.$queryRaw`select 1 from member where project_id = ${ctx.projectId}::uuid for update`;
  const member = await tx.member.findUnique({
    where: { projectId_userId: { projectId: ctx.projectId, userId } },
    include: { user: true },
  });
  if (!member) throw new AppError("not_found", "There is no such member in this project.");
  return { role: member.role as Role, name: member.user.name };
}

/** Only an owner makes, changes or removes an owner. */
async function requireOwnerFor(ctx: Context, role: Role): Promise<void> {
  if (role !== "owner" || ctx.actor.type !== "user") return;
  const actor = await prisma().member.findUnique({
    where: { projectId_userId: { projectId: ctx.projectId, userId: ctx.actor.id } },
  });
  if (actor?.role !== "owner") throw new AppError("forbidden", "Only an owner may do this to an owner.");
}

async function requireAnotherOwner(tx: Transaction, ctx: Context, userId: string): Promise<void> {
  const others = await tx.member.count({
    where: { projectId: ctx.projectId, role: "owner", userId: { not: userId } },
  });
  if (others === 0) {
    throw new AppError("conflict", "A project needs an owner: make someone else an owner first.");
  }
}

function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
