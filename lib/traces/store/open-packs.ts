import { createHash } from "node:crypto";
import { singleton } from "#lib/core/singleton.ts";
import { readSql, type Sql } from "#lib/db/postgres.ts";
import { databaseUrl } from "#lib/env.ts";
import type { Lookup } from "../packs/compile-filter.ts";
import { IdSet } from "../packs/id-set.ts";
import {
  buildPack,
  type ColumnName,
  type Columns,
  decodeColumn,
  type Pack,
  sizeOfColumn,
} from "../packs/pack.ts";
import { decodeBlock, termKey } from "../packs/term-blocks.ts";
import type { TraceDoc } from "../packs/trace-doc.ts";
import { bitsOfGone } from "./pack-rows.ts";
import { readDocs } from "./read-docs.ts";

/**
 * A project's traces at one moment: its packs, and what is pending. Traces that are pending are read from their spans,
 * wherever they were packed before, so what is committed is seen at once.
 */
export type Snapshot = { packs: StoredPack[]; tails: Tail[]; pendingIds: IdSet | null };

export type StoredPack = {
  id: string;
  count: number;
  firstUs: number;
  lastUs: number;
  gone: Uint8Array | null;
};

/** Pending traces that are read together. None of them starts after `lastUs`. */
export type Tail = { lastUs: number; traceIds: string[]; window: { from: Date; to: Date } };

/** Pending traces read at a time. */
const tailSize = 500;
const dayMs = 86_400_000;

type Row = {
  pack_id: string | null;
  pending_id: number | null;
  trace_count: number | null;
  first_us: number | null;
  last_us: number | null;
  bytes: Buffer | null;
};

export async function openSnapshot(projectId: string): Promise<Snapshot> {
  const known = pendingOf(projectId);
  const rows = await readSql()<Row[]>`
    select id as pack_id, null::bigint as pending_id, trace_count, first_us, last_us, gone as bytes
    from trace_packs where project_id = ${projectId}
    union all
    select null, id, null, (extract(epoch from first_start) * 1000000)::bigint,
      (extract(epoch from last_start) * 1000000)::bigint,
      case when id = any(${[...known.rows.keys()]}::bigint[]) then null else trace_ids end
    from pending_traces where project_id = ${projectId}`;
  const packs = rows.flatMap((row) =>
    row.pack_id === null
      ? []
      : {
          id: row.pack_id,
          count: row.trace_count!,
          firstUs: row.first_us!,
          lastUs: row.last_us!,
          gone: bitsOfGone(row.bytes!, row.trace_count!),
        },
  );
  const pending = rows.filter((row) => row.pending_id !== null);
  notePending(known, pending);
  const marks = pending.map((row) => known.rows.get(row.pending_id!)!);
  return {
    packs,
    tails: tailsOf(marks),
    pendingIds: marks.length === 0 ? null : new IdSet(Buffer.concat(marks.map((mark) => mark.traceIds))),
  };
}

type Mark = { firstUs: number | null; lastUs: number | null; traceIds: Buffer };
type Pending = {
  url: string;
  rows: Map<number, Mark>;
  docs: Map<string, { doc: TraceDoc | null; hasWords: boolean }>;
  /** Changes with each mark that is new. */
  generation: number;
  /** Packs made of tails in this generation, by their traces. */
  packs: Map<string, Pack>;
};

const pendingCache = singleton("pending-traces", () => new Map<string, Pending>());
const pendingProjectsLimit = 100;
const docsLimit = 50_000;
const tailPacksLimit = 100;

function pendingOf(projectId: string): Pending {
  const key = `${databaseUrl()} ${projectId}`;
  let pending = pendingCache.get(key);
  if (!pending) {
    if (pendingCache.size >= pendingProjectsLimit) pendingCache.clear();
    pending = { url: databaseUrl(), rows: new Map(), docs: new Map(), generation: 0, packs: new Map() };
    pendingCache.set(key, pending);
  }
  return pending;
}

/** Keeps what marks say, and forgets the docs of traces that a new mark names. */
function notePending(known: Pending, rows: readonly Row[]): void {
  const ids = new Set(rows.map((row) => row.pending_id!));
  for (const id of known.rows.keys()) if (!ids.has(id)) known.rows.delete(id);
  for (const row of rows) {
    if (row.bytes === null) continue;
    known.rows.set(row.pending_id!, { firstUs: row.first_us, lastUs: row.last_us, traceIds: row.bytes });
    known.generation++;
    known.packs.clear();
    if (known.docs.size === 0) continue;
    for (const traceId of hexIds(row.bytes)) known.docs.delete(traceId);
  }
  if (known.rows.size === 0 || known.docs.size > docsLimit) {
    known.docs.clear();
    known.packs.clear();
  }
}

function tailsOf(marks: readonly Mark[]): Tail[] {
  const sorted = marks.filter((mark) => mark.lastUs !== null).toSorted((a, b) => b.lastUs! - a.lastUs!);
  const tails: Tail[] = [];
  const seen = new Set<string>();
  let [ids, firstUs, lastUs]: [string[], number, number] = [[], Number.POSITIVE_INFINITY, 0];
  const close = () => {
    if (ids.length > 0) {
      const from = new Date(Math.floor(firstUs / 1000) - dayMs);
      const to = new Date(Math.ceil(lastUs / 1000) + dayMs);
      tails.push({ lastUs, traceIds: ids, window: { from, to } });
    }
    [ids, firstUs, lastUs] = [[], Number.POSITIVE_INFINITY, 0];
  };
  for (const mark of sorted) {
    const fresh = hexIds(mark.traceIds).filter((traceId) => !seen.has(traceId));
    for (const traceId of fresh) seen.add(traceId);
    // A tail of spans that are days apart would be looked for in every day between.
    if (ids.length > 0 && (ids.length + fresh.length > tailSize || lastUs - mark.firstUs! > dayMs * 1000))
      close();
    ids.push(...fresh);
    firstUs = Math.min(firstUs, mark.firstUs!);
    lastUs = Math.max(lastUs, mark.lastUs!);
  }
  close();
  return tails;
}

function hexIds(bytes: Buffer): string[] {
  return Array.from({ length: bytes.length / 16 }, (_, i) => bytes.toString("hex", i * 16, i * 16 + 16));
}

/** A tail's traces (those of them that are `wanted`, if told) as a pack, from their spans as they are now. */
export async function openTail(
  projectId: string,
  tail: Tail,
  withWords: boolean,
  wanted: ReadonlySet<string> | null,
): Promise<Pack> {
  const known = pendingOf(projectId);
  const key = `${createHash("sha1").update(tail.traceIds.join("")).digest("hex")} ${withWords}`;
  const made = wanted ? undefined : known.packs.get(key);
  if (made) return made;
  const ids = wanted ? tail.traceIds.filter((traceId) => wanted.has(traceId)) : tail.traceIds;
  const missing = ids.filter((traceId) => {
    const entry = known.docs.get(traceId);
    return !entry || (withWords && !entry.hasWords);
  });
  const { generation } = known;
  const fresh = new Map<string, TraceDoc>();
  if (missing.length > 0) {
    for (const doc of await readDocs(projectId, missing, tail.window, withWords)) fresh.set(doc.traceId, doc);
  }
  const pack = buildPack(ids.flatMap((traceId) => fresh.get(traceId) ?? known.docs.get(traceId)?.doc ?? []));
  // A mark that came meanwhile may be of these traces: then what was read is good for this once.
  if (known.generation !== generation) return pack;
  for (const traceId of missing) {
    known.docs.set(traceId, { doc: fresh.get(traceId) ?? null, hasWords: withWords });
  }
  if (!wanted && known.packs.size < tailPacksLimit) known.packs.set(key, pack);
  return pack;
}

/** Of a project's pending traces, those with a span of this user or session; null where neither is asked. */
export async function findPendingOf(
  projectId: string,
  { userId, sessionId }: { userId?: string; sessionId?: string },
  tails: readonly Tail[],
): Promise<Set<string> | null> {
  if ((userId === undefined && sessionId === undefined) || tails.length === 0) return null;
  const db = readSql();
  const from = new Date(Math.min(...tails.map((tail) => tail.window.from.getTime())));
  const to = new Date(Math.max(...tails.map((tail) => tail.window.to.getTime())));
  const rows = await db<{ trace_id: string }[]>`
    select distinct encode(uuid_send(trace_id), 'hex') as trace_id from spans
    where project_id = ${projectId} and start_time >= ${from} and start_time < ${to}
      and ${userId === undefined ? db`session_id = ${sessionId!.replaceAll("\0", "")}` : db`user_id = ${userId.replaceAll("\0", "")}`}`;
  return new Set(rows.map((row) => row.trace_id));
}

/** A pack that was merged into another since the snapshot: the caller opens a new one. */
export class PackGone extends Error {}
const wasMerged = "A pack was merged into another meanwhile.";

/** What was read last, up to a number of bytes: packs never change, so what is read once stays true. */
type Cache = { entries: Map<string, { value: unknown; size: number }>; size: number; limit: number };

const mebibyte = 1024 * 1024;
const columnCache = singleton("pack-columns", () => newCache(224 * mebibyte));
/** Apart, because a page of a common word would push the columns out that every question needs. */
const termCache = singleton("pack-terms", () => newCache(32 * mebibyte));

function newCache(limit: number): Cache {
  return { entries: new Map(), size: 0, limit };
}

function recall<Value>({ entries }: Cache, key: string): Value | undefined {
  const entry = entries.get(key);
  if (!entry) return undefined;
  entries.delete(key);
  entries.set(key, entry);
  return entry.value as Value;
}

function remember(cache: Cache, key: string, value: unknown, bytes: number): void {
  const size = bytes + 100;
  cache.size += size - (cache.entries.get(key)?.size ?? 0);
  cache.entries.delete(key);
  cache.entries.set(key, { value, size });
  for (const [oldest, entry] of cache.entries) {
    if (cache.size <= cache.limit) break;
    cache.entries.delete(oldest);
    cache.size -= entry.size;
  }
}

/** These columns of these packs, by pack; columns not asked for are absent. Throws `PackGone`. */
export async function openColumns(
  packs: readonly { id: string }[],
  names: readonly ColumnName[],
): Promise<Map<string, Columns>> {
  const opened = new Map(packs.map(({ id }) => [id, {} as Record<string, unknown>]));
  const missing: { id: string; name: ColumnName }[] = [];
  for (const { id } of packs) {
    for (const name of names) {
      const value = recall<Columns[ColumnName]>(columnCache, `${id} ${name}`);
      if (value) opened.get(id)![name] = value;
      else missing.push({ id, name });
    }
  }
  if (missing.length > 0) {
    const rows = await readSql()<{ pack_id: string; name: ColumnName; bytes: Buffer }[]>`
      select pack_id, name, bytes from trace_pack_columns
      where (pack_id, name) in (
        select * from unnest(${missing.map(({ id }) => id)}::uuid[], ${missing.map(({ name }) => name)}::text[]))`;
    if (rows.length < missing.length) throw new PackGone(wasMerged);
    for (const { pack_id: id, name, bytes } of rows) {
      const value = decodeColumn(name, bytes);
      opened.get(id)![name] = value;
      remember(columnCache, `${id} ${name}`, value, sizeOfColumn(value));
    }
  }
  return opened as unknown as Map<string, Columns>;
}

/** In which traces of these packs all the terms are: ascending ordinals by pack; absent where there are none. */
export async function lookUp(
  packs: readonly { id: string }[],
  lookups: readonly Lookup[],
): Promise<Map<string, Uint32Array>> {
  let left = new Map(packs.map(({ id }) => [id, null as Uint32Array | null]));
  // One after another: what a rare term leaves is all that is asked of the next.
  for (const lookup of lookups) {
    const found = await lookUpOne([...left.keys()], lookup);
    const next = new Map<string, Uint32Array | null>();
    for (const [id, before] of left) {
      const own = found.get(id);
      const both = own && before ? intersect(before, own) : own;
      if (both && both.length > 0) next.set(id, both);
    }
    left = next;
  }
  return left as Map<string, Uint32Array>;
}

async function lookUpOne(
  packIds: readonly string[],
  { term, isPrefix }: Lookup,
): Promise<Map<string, Uint32Array>> {
  const found = new Map<string, Uint32Array>();
  const missing: string[] = [];
  const cacheKey = (id: string) => `${id} ${isPrefix ? "*" : "="}${term}`;
  for (const id of packIds) {
    const ordinals = recall<Uint32Array>(termCache, cacheKey(id));
    if (ordinals) found.set(id, ordinals);
    else missing.push(id);
  }
  if (missing.length === 0) return found;
  const rows = await readBlocks(readSql(), missing, term, isPrefix);
  const listsOf = new Map<string, number[][]>(rows.map((row) => [row.pack_id, []]));
  if (listsOf.size < missing.length) throw new PackGone(wasMerged);
  for (const { pack_id: id, bytes } of rows) {
    if (bytes === null) continue;
    const lists = listsOf.get(id)!;
    decodeBlock(bytes, (each, ordinals) => {
      if (isPrefix ? each.startsWith(term) : each === term) lists.push(ordinals());
    });
  }
  for (const [id, lists] of listsOf) {
    const ordinals = unite(lists);
    found.set(id, ordinals);
    remember(termCache, cacheKey(id), ordinals, ordinals.byteLength);
  }
  return found;
}

function readBlocks(db: Sql, packIds: string[], term: string, isPrefix: boolean) {
  const least = termKey(term);
  // No term has U+FFFF: it is past all that begin with the prefix.
  const most = isPrefix ? Buffer.concat([least, Buffer.from([0xff, 0xff])]) : least;
  return db<{ pack_id: string; bytes: Buffer | null }[]>`
    select p.id as pack_id, t.bytes
    from trace_packs p
      left join lateral (
        select * from (
          select b.bytes from trace_pack_terms b
          where b.pack_id = p.id and b.first_term <= ${least} order by b.first_term desc limit 1) first
        ${isPrefix ? db`union all select b.bytes from trace_pack_terms b where b.pack_id = p.id and b.first_term > ${least} and b.first_term < ${most}` : db``}
      ) t on true
    where p.id = any(${packIds}::uuid[])`;
}

/** Terms that begin with the prefix, in any of these packs, and how many of their traces have each. */
export async function countTerms(
  packs: readonly { id: string }[],
  prefix: string,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const rows = await readBlocks(
    readSql(),
    packs.map(({ id }) => id),
    prefix,
    true,
  );
  for (const { bytes } of rows) {
    if (bytes === null) continue;
    decodeBlock(bytes, (term, ordinals) => {
      if (term.startsWith(prefix)) counts.set(term, (counts.get(term) ?? 0) + ordinals().length);
    });
  }
  return counts;
}

function unite(lists: readonly number[][]): Uint32Array {
  if (lists.length === 1) return Uint32Array.from(lists[0]!);
  return Uint32Array.from(new Set(lists.flat())).sort();
}

function intersect(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(Math.min(a.length, b.length));
  let [i, j, count] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const order = a[i]! - b[j]!;
    if (order === 0) both[count++] = a[i]!;
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return both.subarray(0, count);
}
