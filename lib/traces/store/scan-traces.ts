import { AppError } from "#lib/core/errors.ts";
import { readSql, type Sql } from "#lib/db/postgres.ts";
import {
  type CompiledFilter,
  compileFilter,
  type Lookup,
  passingSets,
  type Resolved,
} from "../packs/compile-filter.ts";
import { IdSet, idAt } from "../packs/id-set.ts";
import { buildPack, type ColumnName, type Columns, type Pack } from "../packs/pack.ts";
import { hasPhrase } from "../packs/words.ts";
import type { TraceFilter } from "../schema.ts";
import {
  findPendingOf,
  lookUp,
  openColumns,
  openSnapshot,
  openTail,
  PackGone,
  type StoredPack,
  type Tail,
} from "./open-packs.ts";
import { isGone } from "./pack-rows.ts";
import { readDocs, readTexts } from "./read-docs.ts";

/** Matching traces of one pack: ordinals, ascending, into its columns. */
export type Matches = {
  columns: Columns;
  ordinals: Uint32Array;
  /** In the order asked for, nothing that is still to come starts before this: no later, or no earlier. */
  restUs: number;
};

export type Scan = {
  filter: TraceFilter;
  /** Columns that the caller reads; `starts` is always there. */
  columns: readonly ColumnName[];
  /** `any`: the caller reads all, and packs may come as they are at hand. */
  order: "newest" | "oldest" | "any";
};

/**
 * Gives what matches to `visit`, pack by pack, until it returns true or all is read. When packs are merged meanwhile
 * it begins again: `start` makes the state that is gathered anew. Throws `unavailable` after ten seconds.
 */
export async function scanTraces<State>(
  projectId: string,
  scan: Scan,
  start: () => State,
  visit: (state: State, matches: Matches) => boolean | undefined,
): Promise<State> {
  const deadline = performance.now() + limitMs;
  for (let attempt = 1; ; attempt++) {
    try {
      const compiled = compileFilter(scan.filter, await resolveNames(projectId, scan.filter));
      const state = start();
      for await (const matches of scanOnce(projectId, scan, compiled, deadline)) {
        if (visit(state, matches)) break;
      }
      return state;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === queryCanceled) throw tooLong(error);
      if (!(error instanceof PackGone) || attempt >= 5) throw error;
    }
  }
}

const limitMs = 10_000;
/** PostgreSQL's code for a statement that took too long. */
const queryCanceled = "57014";

function tooLong(cause?: Error): AppError {
  return new AppError(
    "unavailable",
    "This search takes too long. Narrow the time range, or say more of what is looked for.",
    { cause },
  );
}

/** Those of these traces that match, as their spans are now, the newest first. */
export async function matchAmong(
  projectId: string,
  filter: TraceFilter,
  traceIds: readonly string[],
): Promise<{ traceId: string; startUs: number }[]> {
  const deadline = performance.now() + limitMs;
  const compiled = compileFilter(filter, await resolveNames(projectId, filter));
  const wanted = [...new Set(traceIds.map((traceId) => traceId.toLowerCase()))];
  const pack = buildPack(await readDocs(projectId, wanted, null, compiled.terms.some(isWord)));
  const { columns } = pack;
  const found: { traceId: string; startUs: number }[] = [];
  const ordinals = matchUnpacked(pack, compiled);
  for await (const part of checkPhrases(projectId, compiled, columns, ordinals, "newest", 0, deadline)) {
    for (const ordinal of part.ordinals.toReversed()) {
      found.push({ traceId: idAt(columns.ids, ordinal), startUs: columns.starts[ordinal]! });
    }
  }
  return found;
}

type Source = { firstUs: number; lastUs: number } & ({ pack: StoredPack } | { tail: Tail });

async function* scanOnce(
  projectId: string,
  { filter, columns: asked, order }: Scan,
  compiled: CompiledFilter,
  deadline: number,
): AsyncGenerator<Matches> {
  const { packs, tails, pendingIds } = await openSnapshot(projectId);
  const wanted = await findPendingOf(projectId, filter, tails);
  const sources: Source[] = [
    ...packs
      .filter((pack) => pack.lastUs >= compiled.fromUs && pack.firstUs < compiled.toUs)
      .map((pack) => ({ pack, firstUs: pack.firstUs, lastUs: pack.lastUs })),
    ...tails
      .filter((tail) => tail.lastUs >= compiled.fromUs)
      .map((tail) => ({ tail, firstUs: tail.window.from.getTime() * 1000, lastUs: tail.lastUs })),
  ];
  sources.sort((a, b) => (order === "oldest" ? a.firstUs - b.firstUs : b.lastUs - a.lastUs));
  const needed = new Set<ColumnName>([...asked, "starts", ...compiled.tests.flatMap((test) => test.columns)]);
  // Half of what a pack's numbers take: left where no trace need be told from another.
  if (pendingIds || compiled.phrases.length > 0) needed.add("ids");
  if (compiled.isSignature) needed.add("sets");

  // Of a page that the newest packs fill only those are read; else ever more at a time.
  let waveSize = order === "any" ? sources.length : 2;
  for (let at = 0; at < sources.length; waveSize *= 2) {
    const wave = sources.slice(at, at + waveSize);
    at += wave.length;
    const opened = await openWave(wave, compiled, [...needed]);
    for (const [index, source] of wave.entries()) {
      await breathe(deadline);
      const next = wave[index + 1] ?? sources[at];
      const restUs = boundOf(next, order);
      if ("tail" in source) {
        const pack = await openTail(projectId, source.tail, compiled.terms.some(isWord), wanted);
        const ordinals = matchUnpacked(pack, compiled);
        yield* checkPhrases(projectId, compiled, pack.columns, ordinals, order, restUs, deadline);
        continue;
      }
      const own = opened.get(source.pack.id);
      if (!own) continue;
      const { columns, sets, candidates } = own;
      const { gone } = source.pack;
      const isHidden = pendingIds
        ? (i: number) => isGone(gone, i) || pendingIds.has(columns.ids, i)
        : gone && ((i: number) => isGone(gone, i));
      const ordinals = matchOrdinals(columns, compiled, sets, candidates, isHidden);
      yield* checkPhrases(projectId, compiled, columns, ordinals, order, restUs, deadline);
    }
  }
}

function boundOf(next: Source | undefined, order: Scan["order"]): number {
  if (order === "oldest") return next?.firstUs ?? Number.POSITIVE_INFINITY;
  return next?.lastUs ?? Number.NEGATIVE_INFINITY;
}

type Opened = { columns: Columns; sets: Uint8Array | undefined; candidates: Uint32Array | null };

/** What is needed of these packs; those in which nothing can match are left out. */
async function openWave(
  wave: readonly Source[],
  compiled: CompiledFilter,
  needed: readonly ColumnName[],
): Promise<Map<string, Opened>> {
  let packs = wave.flatMap((source) => ("pack" in source ? source.pack : []));
  const found = compiled.terms.length > 0 ? await lookUp(packs, compiled.terms) : null;
  if (found) packs = packs.filter((pack) => found.has(pack.id));
  const setsOf = new Map<string, Uint8Array>();
  if (compiled.isSignature) {
    for (const [id, { catalogue }] of await openColumns(packs, ["catalogue"])) {
      const sets = passingSets(catalogue, compiled.isSignature);
      if (sets) setsOf.set(id, sets);
    }
    packs = packs.filter((pack) => setsOf.has(pack.id));
  }
  const columnsOf = await openColumns(packs, needed);
  return new Map(
    packs.map(({ id }) => [
      id,
      { columns: columnsOf.get(id)!, sets: setsOf.get(id), candidates: found?.get(id) ?? null },
    ]),
  );
}

/** Which of the traces of a pack that is not stored match, but for phrases. */
function matchUnpacked({ columns, terms }: Pack, compiled: CompiledFilter): Uint32Array {
  const candidates = compiled.terms.length > 0 ? lookUpIn(terms, compiled.terms) : null;
  const sets = compiled.isSignature ? passingSets(columns.catalogue, compiled.isSignature) : undefined;
  if (candidates?.length === 0 || sets === null) return new Uint32Array(0);
  return matchOrdinals(columns, compiled, sets, candidates, null);
}

function isWord({ term }: Lookup): boolean {
  return term.startsWith("w");
}

function lookUpIn(terms: Pack["terms"], lookups: readonly Lookup[]): Uint32Array {
  const lists = lookups.map(({ term, isPrefix }) => {
    if (!isPrefix) return new Set(terms.get(term));
    return new Set([...terms].flatMap(([each, ordinals]) => (each.startsWith(term) ? ordinals : [])));
  });
  const both = [...lists[0]!].filter((ordinal) => lists.every((list) => list.has(ordinal)));
  return Uint32Array.from(both).sort();
}

function matchOrdinals(
  columns: Columns,
  compiled: CompiledFilter,
  sets: Uint8Array | undefined,
  candidates: Uint32Array | null,
  isHidden: ((ordinal: number) => boolean) | null,
): Uint32Array {
  const low = lowerBound(columns.starts, compiled.fromUs);
  const high = lowerBound(columns.starts, compiled.toUs);
  const tests = compiled.tests.map((test) => test.bind(columns));
  if (!candidates && !sets && tests.length === 0 && !isHidden) {
    const all = new Uint32Array(Math.max(0, high - low));
    for (let i = 0; i < all.length; i++) all[i] = low + i;
    return all;
  }
  const matched = new Uint32Array(candidates ? candidates.length : Math.max(0, high - low));
  let count = 0;
  const consider = (ordinal: number) => {
    if (sets && sets[columns.sets[ordinal]!] === 0) return;
    for (const test of tests) if (!test(ordinal)) return;
    if (isHidden?.(ordinal)) return;
    matched[count++] = ordinal;
  };
  if (candidates) {
    for (const ordinal of candidates) if (ordinal >= low && ordinal < high) consider(ordinal);
  } else {
    for (let ordinal = low; ordinal < high; ordinal++) consider(ordinal);
  }
  return matched.subarray(0, count);
}

/** Where in ascending numbers the first is that is not below `value`. */
export function lowerBound(numbers: Float64Array, value: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const firstChecked = 100;
const mostChecked = 800;
const dayMs = 86_400_000;

/** Of traces that have a phrase's words those that have the phrase, a few at a time: most pages are full soon. */
async function* checkPhrases(
  projectId: string,
  { phrases }: CompiledFilter,
  columns: Columns,
  ordinals: Uint32Array,
  order: Scan["order"],
  restUs: number,
  deadline: number,
): AsyncGenerator<Matches> {
  if (phrases.length === 0 || ordinals.length === 0) {
    if (ordinals.length > 0) yield { columns, ordinals, restUs };
    return;
  }
  let size = firstChecked;
  for (let done = 0; done < ordinals.length; size = Math.min(mostChecked, size * 2)) {
    await breathe(deadline);
    const end = Math.min(ordinals.length, done + size);
    const part =
      order === "oldest"
        ? ordinals.subarray(done, end)
        : ordinals.subarray(ordinals.length - end, ordinals.length - done);
    done = end;
    const starts = [...part].map((ordinal) => columns.starts[ordinal]! / 1000);
    const texts = await readTexts(
      projectId,
      [...part].map((ordinal) => idAt(columns.ids, ordinal)),
      {
        from: new Date(Math.floor(Math.min(...starts))),
        to: new Date(Math.ceil(Math.max(...starts)) + dayMs),
      },
    );
    const checked = part.filter((ordinal) => {
      const own = texts.get(idAt(columns.ids, ordinal)) ?? [];
      return phrases.every((phrase) => own.some((text) => hasPhrase(text, phrase)));
    });
    const edge = order === "oldest" ? ordinals[done] : ordinals[ordinals.length - done - 1];
    const edgeUs = edge === undefined ? restUs : columns.starts[edge]!;
    yield {
      columns,
      ordinals: checked,
      restUs: order === "oldest" ? Math.min(restUs, edgeUs) : Math.max(restUs, edgeUs),
    };
  }
}

let breathedMs = 0;

/** Lets others have the thread now and then, and gives up past the deadline. */
async function breathe(deadline: number): Promise<void> {
  const now = performance.now();
  if (now > deadline) throw tooLong();
  if (now - breathedMs < 10) return;
  await new Promise((resolve) => setImmediate(resolve));
  breathedMs = performance.now();
}

/** What the filter's versions, labels and scores are now. */
async function resolveNames(projectId: string, filter: TraceFilter): Promise<Resolved> {
  const db = readSql();
  const versions = (rows: { id: string }[]) => new Set(rows.map((row) => row.id));
  const [promptVersionIds, labelVersionIds, scored] = await Promise.all([
    filter.promptVersion === undefined
      ? null
      : db<{ id: string }[]>`select id from prompt_version
          where project_id = ${projectId} and number::text = ${storable(filter.promptVersion)}`.then(
          versions,
        ),
    filter.promptLabel === undefined
      ? null
      : db<{ id: string }[]>`select version_id as id from prompt_label
          where project_id = ${projectId} and name = ${storable(filter.promptLabel)}`.then(versions),
    Promise.all(scoreConditions(db, filter).map((condition) => readScored(db, projectId, condition))),
  ]);
  return { promptVersionIds, labelVersionIds, scored };
}

function scoreConditions(db: Sql, filter: TraceFilter) {
  const conditions = filter.scores.map(({ name, operator, value }) => {
    const compared =
      typeof value === "string"
        ? db`label_value = ${storable(value)}`
        : db`numeric_value ${db.unsafe(operator)} ${Number(value)}`;
    return db`name = ${storable(name)} and ${compared}`;
  });
  return filter.has.includes("feedback") ? [...conditions, db`source in ('person', 'api')`] : conditions;
}

/**
 * The traces and the sessions with such a score. Ids come as one value: a row for each would take ten times as long.
 * Each half can be answered from an index alone.
 */
async function readScored(db: Sql, projectId: string, condition: ReturnType<typeof scoreConditions>[number]) {
  const [traces, sessions] = await Promise.all([
    db<{ ids: Buffer | null }[]>`
      select string_agg(uuid_send(trace_id), '') as ids from scores
      where project_id = ${projectId} and trace_id is not null and ${condition}`,
    db<{ ids: string[] | null }[]>`
      select array_agg(distinct session_id) as ids from scores
      where project_id = ${projectId} and trace_id is null and ${condition}`,
  ]);
  return {
    traceIds: new IdSet(traces[0]!.ids ?? Buffer.alloc(0)),
    sessionIds: sessions[0]!.ids ?? [],
  };
}

function storable(text: string): string {
  return text.replaceAll("\0", "");
}
