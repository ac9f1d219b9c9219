import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { NameList } from "../packs/name-list.ts";
import type { Columns } from "../packs/pack.ts";
import { traceFilter } from "../schema.ts";
import { type Matches, scanTraces } from "./scan-traces.ts";

/** A session or a user, and what their traces add up to. */
export type ActorSummary = {
  id: string;
  traceCount: number;
  /** Of the first and of the last trace: its start. */
  firstAt: string;
  lastAt: string;
  errorCount: number;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  /** Of a session: its last trace's. */
  userId: string | null;
};

export type ActorPage = { from?: string; limit?: number; cursor?: string | null };

/** Sessions with traces since `from` (the last 30 days unless told), the last active first. Needs `read`. */
export function listSessions(ctx: Context, page: ActorPage = {}) {
  return listActors(ctx, "session", page);
}

/** Users, likewise. */
export function listUsers(ctx: Context, page: ActorPage = {}) {
  return listActors(ctx, "user", page);
}

const defaultWindowMs = 30 * 86_400_000;

/** Columns of each kind: who a trace is of, and their names. */
const kinds = {
  session: {
    columns: ["sessionRefs", "sessions"],
    refsOf: (columns: Columns) => columns.sessionRefs,
    namesOf: (columns: Columns) => columns.sessions,
  },
  user: {
    columns: ["userRefs", "users"],
    refsOf: (columns: Columns) => columns.userRefs,
    namesOf: (columns: Columns) => columns.users,
  },
} as const;
type Kind = keyof typeof kinds;

type Cursor = { lastUs: number; id: string };

async function listActors(
  ctx: Context,
  kind: Kind,
  { from, limit = 50, cursor = null }: ActorPage,
): Promise<{ data: ActorSummary[]; nextCursor: string | null }> {
  requireScope(ctx, "read");
  const since = from ?? new Date(Date.now() - defaultWindowMs).toISOString();
  let after = cursor === null ? null : decodeCursor(cursor);
  const page: (ActorSummary & { lastUs: number })[] = [];
  // Who is met below the cursor may have been active above it too, and is of an earlier page then: the sums tell.
  for (let wanted = limit + 1; page.length <= limit; wanted *= 2) {
    const met = await meetActors(ctx, kind, since, after, wanted);
    const sums = await sumActors(ctx, kind, since, [...met.keys()]);
    const own = sums.filter(({ id, lastUs }) => met.get(id) === lastUs);
    page.push(...own.sort(byLast));
    if (met.size < wanted) break;
    const [id, lastUs] = [...met].at(-1)!;
    after = { lastUs, id };
  }
  const last = page.length > limit ? page[limit - 1] : undefined;
  return {
    data: page.slice(0, limit).map(({ lastUs: _, ...summary }) => summary),
    nextCursor: last ? Buffer.from(JSON.stringify([last.lastUs, last.id])).toString("base64url") : null,
  };
}

function byLast(a: Cursor, b: Cursor): number {
  return b.lastUs - a.lastUs || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

/** The first `wanted` that are met going back in time from the cursor, each with the start they were met at. */
async function meetActors(
  ctx: Context,
  kind: Kind,
  since: string,
  after: Cursor | null,
  wanted: number,
): Promise<Map<string, number>> {
  const { columns, refsOf, namesOf } = kinds[kind];
  const to = after === null ? undefined : new Date(Math.floor(after.lastUs / 1000) + 1).toISOString();
  const met = await scanTraces(
    ctx.projectId,
    { filter: traceFilter.parse({ from: since, to }), columns, order: "newest" },
    () => new Map<string, number>(),
    (state, { columns: own, ordinals, restUs }) => {
      const [refs, names] = [refsOf(own), namesOf(own)];
      const seen = new Uint8Array(names.count + 1);
      // Of this pack no more than are wanted: what is met later in it is no more recent.
      let left = wanted;
      for (let at = ordinals.length - 1; at >= 0 && left > 0; at--) {
        const ordinal = ordinals[at]!;
        const ref = refs[ordinal]!;
        if (ref === 0 || seen[ref] === 1) continue;
        const [id, lastUs] = [names.at(ref - 1), own.starts[ordinal]!];
        if (after && byLast(after, { lastUs, id }) >= 0) continue;
        seen[ref] = 1;
        left--;
        if (lastUs > (state.get(id) ?? Number.NEGATIVE_INFINITY)) state.set(id, lastUs);
      }
      if (state.size < wanted) return false;
      const edge = [...state.values()].sort((a, b) => b - a)[wanted - 1]!;
      return edge > restUs;
    },
  );
  const sorted = [...met].map(([id, lastUs]) => ({ id, lastUs })).sort(byLast);
  return new Map(sorted.slice(0, wanted).map(({ id, lastUs }) => [id, lastUs]));
}

type Sums = {
  traceCount: number;
  firstUs: number;
  lastUs: number;
  errorCount: number;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  userId: string | null;
};

async function sumActors(
  ctx: Context,
  kind: Kind,
  since: string,
  ids: readonly string[],
): Promise<(ActorSummary & { lastUs: number })[]> {
  if (ids.length === 0) return [];
  const { columns, refsOf, namesOf } = kinds[kind];
  const names = ids.map((id) => Buffer.from(id));
  const sums = await scanTraces(
    ctx.projectId,
    {
      filter: traceFilter.parse({ from: since }),
      columns: [...columns, "userRefs", "users", "errors", "inputTokens", "outputTokens", "costs"],
      order: "any",
    },
    () => new Map<string, Sums>(),
    (state, matches) => {
      addActors(state, matches, refsOf(matches.columns), namesOf(matches.columns), ids, names);
      return false;
    },
  );
  return [...sums].map(([id, sum]) => ({
    id,
    traceCount: sum.traceCount,
    firstAt: new Date(sum.firstUs / 1000).toISOString(),
    lastAt: new Date(sum.lastUs / 1000).toISOString(),
    errorCount: sum.errorCount,
    inputTokens: sum.inputTokens,
    outputTokens: sum.outputTokens,
    costUsd: sum.costUsd,
    userId: kind === "session" ? sum.userId : id,
    lastUs: sum.lastUs,
  }));
}

function addActors(
  state: Map<string, Sums>,
  { columns, ordinals }: Matches,
  refs: Uint16Array,
  list: NameList,
  ids: readonly string[],
  names: readonly Buffer[],
): void {
  // Most packs have few of a page's actors, and their names are looked up, not read.
  const placeOf = new Int32Array(list.count + 1).fill(-1);
  let present = 0;
  for (const [place, name] of names.entries()) {
    const ref = list.find(name) + 1;
    if (ref === 0) continue;
    placeOf[ref] = place;
    present++;
  }
  if (present === 0) return;
  for (const ordinal of ordinals) {
    const ref = refs[ordinal]!;
    const place = placeOf[ref]!;
    if (ref === 0 || place < 0) continue;
    const id = ids[place]!;
    const startUs = columns.starts[ordinal]!;
    const sum = state.get(id) ?? {
      traceCount: 0,
      firstUs: startUs,
      lastUs: Number.NEGATIVE_INFINITY,
      errorCount: 0,
      inputTokens: null,
      outputTokens: null,
      costUsd: null,
      userId: null,
    };
    state.set(id, sum);
    sum.traceCount++;
    sum.firstUs = Math.min(sum.firstUs, startUs);
    if (startUs > sum.lastUs) {
      sum.lastUs = startUs;
      const user = columns.userRefs[ordinal]!;
      if (user !== 0) sum.userId = columns.users.at(user - 1);
    }
    sum.errorCount += columns.errors[ordinal]!;
    const [input, output, cost] = [
      columns.inputTokens[ordinal]!,
      columns.outputTokens[ordinal]!,
      columns.costs[ordinal]!,
    ];
    if (input >= 0) sum.inputTokens = (sum.inputTokens ?? 0) + input;
    if (output >= 0) sum.outputTokens = (sum.outputTokens ?? 0) + output;
    if (!Number.isNaN(cost)) sum.costUsd = (sum.costUsd ?? 0) + cost;
  }
}

function decodeCursor(cursor: string): Cursor {
  try {
    const [lastUs, id] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    if (typeof lastUs === "number" && Math.abs(lastUs) < 8.64e18 && typeof id === "string") {
      return { lastUs, id: id.replaceAll("\0", "") };
    }
  } catch {
    // Not one of ours: refused below.
  }
  throw new AppError("invalid_input", "The cursor is none that this list gave.", {
    issues: [{ path: "cursor", message: "must be a nextCursor of this list" }],
  });
}
