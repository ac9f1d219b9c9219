import { randomBytes } from "node:crypto";
import { type Context, type Role, scopesOfRole } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { createApiKey } from "#lib/projects/create-api-key.ts";

/** A fresh project and a person in it (its owner unless another role is named). */
export async function makeProject(
  role: Role = "owner",
): Promise<{ ctx: Context; projectId: string; slug: string }> {
  const projectId = newId();
  const slug = `test-${randomBytes(5).toString("hex")}`;
  const userId = randomBytes(8).toString("hex");
  await prisma().project.create({ data: { id: projectId, slug, name: slug } });
  await prisma().user.create({ data: { id: userId, name: "Ada Tester", email: `${userId}@example.com` } });
  await prisma().member.create({ data: { projectId, userId, role } });
  const ctx: Context = {
    projectId,
    actor: { type: "user", id: userId, name: "Ada Tester" },
    scopes: scopesOfRole[role],
  };
  return { ctx, projectId, slug };
}

/** A key of the project with these scopes (all of them unless named), as the two halves a client sends. */
export async function makeApiKey(
  ctx: Context,
  scopes: Parameters<typeof createApiKey>[1]["scopes"] = ["admin"],
) {
  const { publicKey, secretKey } = await createApiKey(ctx, { name: "test key", scopes });
  return { publicKey, secretKey, authorization: `Bearer ${secretKey}` };
}
