import type { Context, Scope } from "#lib/core/context.ts";
import { singleton } from "#lib/core/singleton.ts";
import { sql } from "#lib/db/postgres.ts";
import { hashSecret } from "./create-api-key.ts";

type Entry = { ctx: Context | null; publicKey: string; readAtMs: number };

const cache = singleton("api-keys", () => new Map<string, Entry>());
const reading = singleton("api-keys-reading", () => new Map<string, Promise<Entry>>());
const freshMs = 5_000;
const cacheLimit = 10_000;

/**
 * Who holds this secret key (and, for Basic, this public half of it): null if unknown or revoked. Answers from
 * memory for up to 5 s, so a revocation made by another process takes that long; one made here is at once.
 */
export async function findKeyContext(secretKey: string, publicKey?: string): Promise<Context | null> {
  const hash = hashSecret(secretKey);
  let entry = cache.get(hash);
  if (!entry || Date.now() - entry.readAtMs > freshMs) entry = await readOnce(hash);
  if (publicKey !== undefined && publicKey !== entry.publicKey) return null;
  return entry.ctx;
}

/** However many requests wait for it, a key is read once: they would queue for its row's lock. */
async function readOnce(hash: string): Promise<Entry> {
  let read = reading.get(hash);
  if (!read) {
    read = readKey(hash).finally(() => reading.delete(hash));
    reading.set(hash, read);
  }
  const entry = await read;
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(hash, entry);
  return entry;
}

export function forgetKeys(): void {
  cache.clear();
  reading.clear();
}

async function readKey(hash: string): Promise<Entry> {
  const [row] = await sql()<
    { id: string; project_id: string; name: string; public_key: string; scopes: Scope[] }[]
  >`update api_key set last_used_at = now() where secret_hash = ${hash} and revoked_at is null
    returning id, project_id, name, public_key, scopes`;
  const readAtMs = Date.now();
  if (!row) return { ctx: null, publicKey: "", readAtMs };
  const ctx: Context = {
    projectId: row.project_id,
    actor: { type: "api_key", id: row.id, name: row.name },
    scopes: new Set(row.scopes),
  };
  return { ctx, publicKey: row.public_key, readAtMs };
}
