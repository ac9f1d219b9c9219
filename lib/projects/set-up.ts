import { z } from "zod";
import { type Context, scopesOfRole } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { auth } from "./auth.ts";
import { createApiKey, type NewApiKey } from "./create-api-key.ts";
import { createProject } from "./create-project.ts";

export const accountInput = z.object({
  name: z.string().trim().min(1, "Say what to call you.").max(100),
  email: z.email("This does not look like an email address.").transform((text) => text.toLowerCase()),
  password: z.string().min(10, "At least 10 characters.").max(128, "At most 128 characters."),
});

export const setUpInput = accountInput.extend({
  projectName: z.string().trim().min(1, "Name the first project.").max(80),
});
export type SetUpInput = z.infer<typeof setUpInput>;

export type SetUp = {
  ctx: Context;
  project: { id: string; slug: string; name: string };
  key: NewApiKey;
};

/** Whether an owner exists; until then every page leads to the set-up page. */
export async function isSetUp(): Promise<boolean> {
  return (await prisma().user.findFirst({ select: { id: true } })) !== null;
}

/** First run: the owner's account, a project and its first API key. Throws `conflict` once anyone exists. */
export async function setUp(input: SetUpInput): Promise<SetUp> {
  if (await isSetUp()) throw new AppError("conflict", "Stemma is set up already. Sign in instead.");
  const user = await createAccount(input);
  const project = await createProject(user, { name: input.projectName });
  const ctx: Context = {
    projectId: project.id,
    actor: { type: "user", id: user.id, name: user.name },
    scopes: scopesOfRole.owner,
  };
  const key = await createApiKey(ctx, { name: "First key", scopes: ["admin"] });
  return { ctx, project, key };
}

/** An account with a password. Throws `conflict` if the email has one. */
export async function createAccount(
  input: z.infer<typeof accountInput>,
): Promise<{ id: string; name: string }> {
  const { internalAdapter, password } = await auth().$context;
  const known = await prisma().user.findUnique({ where: { email: input.email } });
  if (known) throw new AppError("conflict", `${input.email} has an account already. Sign in instead.`);
  const user = await internalAdapter.createUser(
    { name: input.name, email: input.email, emailVerified: true },
    { method: "email-password" },
  );
  await internalAdapter.linkAccount({
    userId: user.id,
    providerId: "credential",
    accountId: user.id,
    password: await password.hash(input.password),
  });
  return { id: user.id, name: user.name };
}
