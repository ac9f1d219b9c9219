import { createHash } from "node:crypto";
import { AppError } from "#lib/core/errors.ts";
import { canonicalJson } from "#lib/core/json.ts";
import type { DatasetItemInput, ImportMode } from "./schema.ts";

export type DigestedItem = DatasetItemInput & { key: string; digest: string };
export type LiveItem = { id: string; key: string; digest: string; position: number };

export type ImportPlan = {
  added: (DigestedItem & { position: number })[];
  removedIds: string[];
  /** Of the version that results. */
  digest: string;
  itemCount: number;
};

/**
 * What an import changes: which live items leave, which come. An item whose key is there with other content takes
 * its place and position; one with equal content stays as it is. Pure.
 */
export function planImport(
  live: readonly LiveItem[],
  incoming: readonly DigestedItem[],
  mode: ImportMode,
): ImportPlan {
  const liveOfKey = new Map(live.map((item) => [item.key, item]));
  const removed = new Set<string>();
  const kept = new Set<string>();
  const added: ImportPlan["added"] = [];
  let position = live.reduce((highest, item) => Math.max(highest, item.position + 1), 0);
  for (const item of incoming) {
    const before = liveOfKey.get(item.key);
    if (before?.digest === item.digest) {
      kept.add(before.id);
      continue;
    }
    if (before) removed.add(before.id);
    added.push({ ...item, position: before?.position ?? position++ });
  }
  if (mode === "replace") for (const item of live) if (!kept.has(item.id)) removed.add(item.id);
  const remaining = live.filter((item) => !removed.has(item.id)).map((item) => item.digest);
  const digests = [...remaining, ...added.map((item) => item.digest)];
  return { added, removedIds: [...removed], digest: versionDigest(digests), itemCount: digests.length };
}

/** SHA-256 over the item digests, sorted, one a line: the order of import does not matter. */
export function versionDigest(digests: readonly string[]): string {
  return createHash("sha256")
    .update([...digests].sort().join("\n"))
    .digest("hex");
}

/**
 * Gives each item its digest and key. Items of the same content and no key of their own are one item; a key that
 * comes twice with different content is `invalid_input`, as is what PostgreSQL's JSON cannot hold.
 */
export function digestItems(items: readonly DatasetItemInput[]): DigestedItem[] {
  const firstOfKey = new Map<string, { digest: string; index: number }>();
  const digested: DigestedItem[] = [];
  items.forEach((item, index) => {
    const text = canonicalJson({
      key: item.key,
      input: item.input,
      expected: item.expected ?? undefined,
      metadata: item.metadata && Object.keys(item.metadata).length > 0 ? item.metadata : undefined,
    });
    if (unstorable.test(text)) throw refuse(index, "holds a NUL character or half a surrogate pair");
    const digest = createHash("sha256").update(text).digest("hex");
    const key = item.key ?? digest;
    const first = firstOfKey.get(key);
    if (first && first.digest !== digest)
      throw refuse(index, `has the key "${key}" of item ${first.index}, with other content`);
    if (first) return;
    firstOfKey.set(key, { digest, index });
    digested.push({ ...item, key, digest });
  });
  return digested;
}

/** JSON.stringify escapes only these: U+0000, and surrogates without their other half. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

function refuse(index: number, fault: string): AppError {
  const message = `Item ${index} ${fault}.`;
  return new AppError("invalid_input", message, { issues: [{ path: `items.${index}`, message }] });
}
