import { PrismaPg } from "@prisma/adapter-pg";
import { singleton } from "#lib/core/singleton.ts";
import { databaseUrl } from "#lib/env.ts";
import { type Prisma, PrismaClient } from "./generated/client.ts";

export type Transaction = Prisma.TransactionClient;

const home = singleton<{ url: string; client: PrismaClient | undefined }>("prisma", () => ({
  url: "",
  client: undefined,
}));

/** The catalogue's client. */
export function prisma(): PrismaClient {
  const url = databaseUrl();
  if (!home.client || home.url !== url) {
    home.url = url;
    home.client = new PrismaClient({
      adapter: new PrismaPg({ connectionString: url, max: 8, idleTimeoutMillis: 60_000 }),
    });
  }
  return home.client;
}

export async function closePrisma(): Promise<void> {
  const current = home.client;
  home.client = undefined;
  await current?.$disconnect();
}

/** Whether a write failed because it would have broken this unique constraint (or any, if none is named). */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "P2002") return false;
  if (!constraint) return true;
  // With driver adapters `meta.target` is absent; the constraint is under the adapter's own error.
  return JSON.stringify((error as { meta?: unknown }).meta ?? {}).includes(constraint);
}
