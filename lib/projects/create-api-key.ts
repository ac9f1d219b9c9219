import { hash, randomBytes } from "node:crypto";
import { z } from "zod";
import { type Context, requireScope, scopes } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "./audit.ts";

export const createApiKeyInput = z.object({
  name: z.string().trim().min(1, "Give the key a name, so that it can be told from the others.").max(80),
  scopes: z.array(z.enum(scopes)).min(1, "Choose at least one scope."),
});
export type CreateApiKeyInput = z.infer<typeof createApiKeyInput>;

/** The only time the secret half exists in clear: what is stored is its SHA-256. */
export type NewApiKey = { id: string; name: string; publicKey: string; secretKey: string };

/** Makes a key: `Bearer secretKey`, or Basic `publicKey:secretKey`. Needs `admin`. */
export async function createApiKey(ctx: Context, input: CreateApiKeyInput): Promise<NewApiKey> {
  requireScope(ctx, "admin");
  const id = newId();
  const publicKey = `pk-stemma-${randomBytes(12).toString("hex")}`;
  const secretKey = `sk-stemma-${randomBytes(32).toString("base64url")}`;
  await prisma().$transaction(async (tx) => {
    await tx.apiKey.create({
      data: {
        id,
        projectId: ctx.projectId,
        name: input.name,
        publicKey,
        secretHash: hashSecret(secretKey),
        secretHint: secretKey.slice(-4),
        scopes: input.scopes,
        createdBy: ctx.actor.name,
      },
    });
    await recordAudit(tx, ctx, {
      action: "api_key.created",
      subjectType: "api_key",
      subjectId: id,
      subjectName: input.name,
      after: { publicKey, scopes: input.scopes },
    });
  });
  return { id, name: input.name, publicKey, secretKey };
}

/** SHA-256 as hex: the secret has 256 random bits, so a slow hash would add nothing but time per request. */
export function hashSecret(secretKey: string): string {
  return hash("sha256", secretKey);
}
