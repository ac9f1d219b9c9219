import { expect, test } from "vitest";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { acceptInvitation, changeRole, inviteMember, listMembers, removeMember } from "./members.ts";

useDatabase();

test("an invited person gets an account and the role, once", async () => {
  const { ctx, slug } = await makeProject();
  const { token } = await inviteMember(ctx, { email: "grace@example.com", role: "editor" });
  const account = { name: "Grace", password: "correct horse battery" };
  expect(await acceptInvitation(token, account)).toEqual({ slug, email: "grace@example.com" });
  await expect(acceptInvitation(token, account)).rejects.toMatchObject({ code: "not_found" });
  const { members, invitations } = await listMembers(ctx);
  expect(members.map(({ email, role }) => [email, role])).toContainEqual(["grace@example.com", "editor"]);
  expect(invitations).toEqual([]);
});

test("the last owner can be neither removed nor demoted", async () => {
  const { ctx } = await makeProject();
  await expect(removeMember(ctx, ctx.actor.id)).rejects.toMatchObject({ code: "conflict" });
  await expect(changeRole(ctx, { userId: ctx.actor.id, role: "viewer" })).rejects.toMatchObject({
    code: "conflict",
  });
});

test("an admin cannot make an owner, nor touch one", async () => {
  const { ctx, projectId } = await makeProject("admin");
  const owner = await prisma().user.create({
    data: { id: `o-${projectId}`, name: "Olga", email: `${projectId}@x.test` },
  });
  await prisma().member.create({ data: { projectId, userId: owner.id, role: "owner" } });
  await expect(inviteMember(ctx, { email: "x@example.com", role: "owner" })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(changeRole(ctx, { userId: owner.id, role: "viewer" })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(removeMember(ctx, owner.id)).rejects.toMatchObject({ code: "forbidden" });
});

test("a viewer may not invite", async () => {
  const { ctx } = await makeProject("viewer");
  await expect(inviteMember(ctx, { email: "x@example.com", role: "viewer" })).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("an invitation of one project means nothing in another", async () => {
  const { ctx } = await makeProject();
  const other = await makeProject();
  await expect(removeMember(other.ctx, ctx.actor.id)).rejects.toMatchObject({ code: "not_found" });
});
