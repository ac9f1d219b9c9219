import { createHash } from "node:crypto";
import { type Context, requireScope } from "#lib/core/context.ts";
import { singleton } from "#lib/core/singleton.ts";
import { type ChangeWatch, watchChanges } from "#lib/db/watch-changes.ts";
import { databaseUrl } from "#lib/env.ts";
import { findVersion, type VersionSelector } from "./find-version.ts";

/** A version as the machine API answers it: the JSON text of a `PromptVersion` and its ETag, quotes included. */
export type ServedVersion = {
  body: string;
  etag: string;
  /** The body's UTF-8 bytes, a character each: a string that Node writes in one piece with the headers, unconverted. */
  bytesAsLatin1: string;
};

type Found = { promptId: string; served: ServedVersion };

type Entry = {
  projectId: string;
  /** Null while it is being read. */
  found: Found | null;
  reading: Promise<Found>;
};

const limitCharacters = 64 * 1024 * 1024;

const cache = singleton("served-prompts", () => ({
  entries: new Map<string, Entry>(),
  characters: 0,
  url: "",
  watch: undefined as ChangeWatch | undefined,
}));

/**
 * What `findVersion` finds, from memory: the same errors, the same scope. A change made by this process is seen at
 * once (`forgetPrompt`), one made by another within milliseconds (NOTIFY), and with the database's notices lost,
 * memory is not used: nothing served is older than three seconds. Fetches of one version at once read it once.
 */
export async function serveCached(ctx: Context, selector: VersionSelector): Promise<ServedVersion> {
  requireScope(ctx, "prompts:read");
  if (!isCurrent()) return (await read(ctx, selector)).served;
  const { name, version, label, digest } = selector;
  const key = `${ctx.projectId}\n${name}\n${version ?? ""}\n${label ?? ""}\n${digest ?? ""}`;
  const known = cache.entries.get(key);
  if (known) return (known.found ?? (await known.reading)).served;

  const entry: Entry = { projectId: ctx.projectId, found: null, reading: read(ctx, selector) };
  cache.entries.set(key, entry);
  try {
    const found = await entry.reading;
    // Gone from the map, it was forgotten while it was read: what came may be what was before the change.
    if (cache.entries.get(key) === entry) {
      entry.found = found;
      cache.characters += charactersOf(found);
      evict();
    }
    return found.served;
  } catch (error) {
    if (cache.entries.get(key) === entry) cache.entries.delete(key);
    throw error;
  }
}

/** Forgets what is remembered of a prompt; every verb that changed one calls it once its transaction is committed. */
export function forgetPrompt(projectId: string, promptId: string): void {
  for (const [key, entry] of cache.entries) {
    const isConcerned = entry.found === null || entry.found.promptId === promptId;
    if (isConcerned && entry.projectId === projectId) drop(key, entry);
  }
}

/** Closes the connections that listen for changes; the next `serveCached` opens them again. */
export async function stopServing(): Promise<void> {
  const { watch } = cache;
  cache.watch = undefined;
  forgetAll();
  await watch?.stop();
}

function isCurrent(): boolean {
  const url = databaseUrl();
  if (cache.url !== url || !cache.watch) {
    void cache.watch?.stop();
    forgetAll();
    cache.url = url;
    cache.watch = watchChanges(url, "stemma_prompts", { onChange: forgetPrompt, onGap: forgetAll });
  }
  return cache.watch.isCurrent();
}

async function read(ctx: Context, selector: VersionSelector): Promise<Found> {
  const version = await findVersion(ctx, selector);
  const body = JSON.stringify(version);
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const bytesAsLatin1 = Buffer.from(body, "utf8").toString("latin1");
  return { promptId: version.promptId, served: { body, etag, bytesAsLatin1 } };
}

function evict(): void {
  for (const [key, entry] of cache.entries) {
    if (cache.characters <= limitCharacters) return;
    drop(key, entry);
  }
}

function drop(key: string, entry: Entry): void {
  cache.entries.delete(key);
  cache.characters -= entry.found ? charactersOf(entry.found) : 0;
}

function charactersOf({ served }: Found): number {
  return served.body.length + served.bytesAsLatin1.length;
}

function forgetAll(): void {
  cache.entries.clear();
  cache.characters = 0;
}
