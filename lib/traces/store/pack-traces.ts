import { type Sql, sql } from "#lib/db/postgres.ts";
import { IdSet, toWords } from "../packs/id-set.ts";
import { buildPack, mergePacks, packLimit } from "../packs/pack.ts";
import type { TraceDoc } from "../packs/trace-doc.ts";
import { bitsOfGone, insertPack, isGone, readPack } from "./pack-rows.ts";
import { readDocs, type SpanWindow } from "./read-docs.ts";

/**
 * Packs what is pending of every project, and merges small packs. Each step is one transaction under the project's
 * lock: a crash undoes it whole, another server's packer passes the project by, and what is marked meanwhile stays
 * pending. `limit` traces at most become one pack. Returns whether there may be more to do.
 */
export async function packTraces(limit = 4096): Promise<boolean> {
  const projects = await sql()<{ project_id: string }[]>`
    with recursive p as (
      (select project_id from pending_traces order by project_id limit 1)
      union all
      select (select t.project_id from pending_traces t where t.project_id > p.project_id order by t.project_id limit 1)
      from p where p.project_id is not null)
    select project_id from p where project_id is not null
    union select project_id from trace_packs where is_unclean`;
  let hasMore = false;
  for (const { project_id: projectId } of projects) {
    if (await packPending(projectId, limit)) hasMore = true;
    while (await mergeSome(projectId));
  }
  return hasMore;
}

/** Packs a project's pending traces, the oldest marks first. Returns whether there may be more. */
export async function packPending(projectId: string, limit = 4096): Promise<boolean> {
  return underLock(projectId, async (tx) => {
    const marks = await readMarks(tx, projectId, limit);
    if (marks.length === 0) return false;
    const bytes = Buffer.concat(marks.map((mark) => mark.trace_ids));
    const docs = await readMarked(tx, projectId, marks);
    const left = new Set(docs.map((doc) => doc.traceId));
    await markGone(tx, projectId, bytes, windowOf(marks), (traceId) => !left.has(traceId));
    for (let i = 0; i < docs.length; i += packLimit) {
      await insertPack(tx, projectId, buildPack(docs.slice(i, i + packLimit)));
    }
    await tx`delete from pending_traces
      where project_id = ${projectId} and id = any(${marks.map((mark) => mark.id)}::bigint[])`;
    return true;
  });
}

type Mark = { id: number; first_start: string | null; last_start: string | null; trace_ids: Buffer };

/** Marks of deletion come apart: whether such a trace has been sent again is looked for in every day. */
async function readMarks(tx: Sql, projectId: string, limit: number): Promise<Mark[]> {
  const rows = await tx<(Mark & { before: number })[]>`
    select id, first_start::text, last_start::text, trace_ids, before from (
      select *, sum(length(trace_ids) / 16) over (order by id) - length(trace_ids) / 16 as before
      from (select * from pending_traces where project_id = ${projectId} order by id limit 2000) m) m
    where before < ${limit} order by id`;
  const isDeletion = rows[0]?.first_start === null;
  const end = rows.findIndex((row) => (row.first_start === null) !== isDeletion);
  return end < 0 ? rows : rows.slice(0, end);
}

/** The marked traces' docs, read mark by mark: each names traces of one day, and its window is narrow. */
async function readMarked(tx: Sql, projectId: string, marks: readonly Mark[]): Promise<TraceDoc[]> {
  const marksOf = new Map<string, Mark[]>();
  for (const mark of marks) {
    const bytes = mark.trace_ids;
    for (let at = 0; at < bytes.length; at += 16) {
      const traceId = bytes.toString("hex", at, at + 16);
      const own = marksOf.get(traceId);
      if (own) own.push(mark);
      else marksOf.set(traceId, [mark]);
    }
  }
  const groups = new Map<string, { marks: Mark[]; traceIds: string[] }>();
  for (const [traceId, own] of marksOf) {
    const key = [...new Set(own.map((mark) => mark.first_start?.slice(0, 10)))].sort().join();
    const group = groups.get(key);
    if (!group) groups.set(key, { marks: [...own], traceIds: [traceId] });
    else {
      group.traceIds.push(traceId);
      group.marks.push(...own);
    }
  }
  const docs: TraceDoc[] = [];
  for (const group of groups.values()) {
    docs.push(...(await readDocs(projectId, group.traceIds, windowOf([...new Set(group.marks)]), true, tx)));
  }
  return docs;
}

const dayMs = 86_400_000;

/** All spans of a trace start within a day of each other. */
function windowOf(marks: readonly Mark[]): SpanWindow {
  const firsts = marks.flatMap((mark) => (mark.first_start ? Date.parse(mark.first_start) : []));
  const lasts = marks.flatMap((mark) => (mark.last_start ? Date.parse(mark.last_start) : []));
  if (firsts.length === 0) return null;
  return {
    from: new Date(Math.min(...firsts) - dayMs),
    to: new Date(Math.max(...lasts) + dayMs),
  };
}

/** Where these traces lie in older packs, they do so no more; a pack that holds one that is deleted is unclean. */
async function markGone(
  tx: Sql,
  projectId: string,
  traceIds: Buffer,
  window: SpanWindow,
  isDeleted: (traceId: string) => boolean,
): Promise<void> {
  const set = new IdSet(traceIds);
  const packs = await tx<{ id: string; gone: Buffer; trace_count: number; ids: Buffer }[]>`
    select p.id, p.gone, p.trace_count, c.bytes as ids
    from trace_packs p join trace_pack_columns c on c.pack_id = p.id and c.name = 'ids'
    where p.project_id = ${projectId}
      ${window ? tx`and p.first_us <= ${window.to.getTime() * 1000}::float8 and p.last_us >= ${window.from.getTime() * 1000}::float8` : tx``}`;
  for (const pack of packs) {
    const ids = toWords(pack.ids);
    const bits = bitsOfGone(pack.gone, pack.trace_count);
    const found: number[] = [];
    let isUnclean = false;
    for (let ordinal = 0; ordinal < pack.trace_count; ordinal++) {
      if (!set.has(ids, ordinal) || isGone(bits, ordinal)) continue;
      found.push(ordinal);
      isUnclean ||= isDeleted(pack.ids.toString("hex", ordinal * 16, ordinal * 16 + 16));
    }
    if (found.length === 0) continue;
    const gone = Buffer.concat([pack.gone, Buffer.from(Uint32Array.from(found).buffer)]);
    await tx`update trace_packs set gone = ${gone}, is_unclean = is_unclean or ${isUnclean} where id = ${pack.id}`;
  }
}

type PackRow = { id: string; trace_count: number; live: number; gone: Buffer; is_unclean: boolean };

/** Packs of fewer live traces than the next bound are of one size; eight of a size become one of the next. */
const sizes = [64, 512, 4096, packLimit / 2];
const mergedAtOnce = 8;

/** Merges once, where that is due. Returns whether it was. */
export async function mergeSome(projectId: string): Promise<boolean> {
  return underLock(projectId, async (tx) => {
    const rows = await tx<PackRow[]>`
      select id, trace_count, trace_count - length(gone) / 4 as live, gone, is_unclean from trace_packs
      where project_id = ${projectId} order by first_us`;
    const chosen = chooseMerge(rows);
    if (chosen.length === 0) return false;
    const packs = [];
    for (const { id } of chosen) packs.push(await readPack(tx, id));
    const gone = chosen.map((row) => bitsOfGone(row.gone, row.trace_count));
    const merged = mergePacks(packs, (pack, ordinal) => isGone(gone[pack]!, ordinal));
    await tx`delete from trace_packs where id = any(${chosen.map((row) => row.id)}::uuid[])`;
    await insertPack(tx, projectId, merged);
    return true;
  });
}

function chooseMerge(rows: readonly PackRow[]): PackRow[] {
  const wasteful = rows.find((row) => row.is_unclean || row.live < row.trace_count * 0.75);
  if (wasteful) return [wasteful];
  for (const [index, bound] of sizes.entries()) {
    const alike = rows.filter((row) => row.live < bound && row.live >= (sizes[index - 1] ?? 0));
    if (alike.length < mergedAtOnce) continue;
    const chosen: PackRow[] = [];
    let total = 0;
    for (const row of alike) {
      total += row.live;
      if (total > packLimit || chosen.length === mergedAtOnce) break;
      chosen.push(row);
    }
    if (chosen.length > 1) return chosen;
  }
  return [];
}

const lockKey = 7_355_611;

/** Runs the step in a transaction that holds the project's lock; false if another holds it. */
function underLock(projectId: string, step: (tx: Sql) => Promise<boolean>): Promise<boolean> {
  return sql().begin(async (transaction) => {
    const tx = transaction as unknown as Sql;
    const [row] = await tx<{ locked: boolean }[]>`
      select pg_try_advisory_xact_lock(${lockKey}, hashtext(${projectId})) as locked`;
    if (!row!.locked) return false;
    // As in `readSql`.
    await tx`set local plan_cache_mode = force_custom_plan`;
    return step(tx);
  });
}
