import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { measures } from "../packs/compile-filter.ts";
import { idAt } from "../packs/id-set.ts";
import {
  type TraceFilter,
  type TraceFilterDraft,
  type TraceSort,
  type TraceSummary,
  traceFilter,
} from "../schema.ts";
import { type Matches, scanTraces } from "./scan-traces.ts";
import { summarizeTraces } from "./summarize-traces.ts";

export type TraceSearch = {
  filter: TraceFilterDraft;
  sort?: TraceSort;
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
};

/**
 * A page of the traces that match, by their start or by what they took, the greatest first; those that have no such
 * measure are left out. Pages follow each other by key, so a deep page costs what the first does, and traces that
 * arrive meanwhile move nothing. Needs `read`. Throws `invalid_input` where the cursor is none, and `unavailable`
 * where the search takes too long.
 */
export async function searchTraces(
  ctx: Context,
  { filter, sort = "newest", limit = 50, cursor = null }: TraceSearch,
): Promise<{ data: TraceSummary[]; nextCursor: string | null }> {
  requireScope(ctx, "read");
  const after = cursor === null ? null : decodeCursor(cursor);
  const parsed = traceFilter.parse(filter);
  const found =
    sort === "newest" || sort === "oldest"
      ? await findByStart(ctx.projectId, parsed, sort, limit + 1, after)
      : await findByMeasure(ctx.projectId, parsed, sort, limit + 1, after);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { data: await summarizeTraces(ctx, page), nextCursor: last ? encodeCursor(last) : null };
}

/** How many traces match. Needs `read`. */
export async function countMatching(ctx: Context, filter: TraceFilterDraft): Promise<number> {
  requireScope(ctx, "read");
  const { count } = await scanTraces(
    ctx.projectId,
    { filter: traceFilter.parse(filter), columns: [], order: "any" },
    () => ({ count: 0 }),
    (state, { ordinals }) => {
      state.count += ordinals.length;
      return false;
    },
  );
  return count;
}

/** A matching trace, and what it is sorted by. */
export type TraceMatch = { traceId: string; startUs: number; value: number };

async function findByStart(
  projectId: string,
  filter: TraceFilter,
  order: "newest" | "oldest",
  limit: number,
  after: TraceMatch | null,
): Promise<TraceMatch[]> {
  const compare = order === "newest" ? descending : ascending;
  const found = await scanTraces(
    projectId,
    { filter: after ? boundedBy(filter, after.startUs, order) : filter, columns: ["ids"], order },
    () => [] as TraceMatch[],
    (matches, part) => {
      takeEdge(matches, part, order, limit, after);
      if (matches.length < limit) return false;
      matches.sort(compare);
      matches.length = limit;
      const edgeUs = matches[limit - 1]!.startUs;
      return order === "newest" ? edgeUs > part.restUs : edgeUs < part.restUs;
    },
  );
  return found.sort(compare).slice(0, limit);
}

/** Adds the part's own first `limit` matches after the cursor, in the order asked for. */
function takeEdge(
  matches: TraceMatch[],
  { columns, ordinals }: Matches,
  order: "newest" | "oldest",
  limit: number,
  after: TraceMatch | null,
): void {
  const compare = order === "newest" ? descending : ascending;
  let taken = 0;
  for (let at = 0; at < ordinals.length && taken < limit; at++) {
    const ordinal = ordinals[order === "newest" ? ordinals.length - 1 - at : at]!;
    const startUs = columns.starts[ordinal]!;
    const match = { traceId: idAt(columns.ids, ordinal), startUs, value: startUs };
    if (after && compare(match, after) <= 0) continue;
    matches.push(match);
    taken++;
  }
}

/** Packs past the cursor are not read: milliseconds are rounded outwards, and what they let in is compared whole. */
function boundedBy(filter: TraceFilter, startUs: number, order: "newest" | "oldest"): TraceFilter {
  if (order === "newest") {
    const to = new Date(Math.floor(startUs / 1000) + 1).toISOString();
    return filter.to !== undefined && Date.parse(filter.to) < Date.parse(to) ? filter : { ...filter, to };
  }
  const from = new Date(Math.floor(startUs / 1000)).toISOString();
  return filter.from !== undefined && Date.parse(filter.from) > Date.parse(from)
    ? filter
    : { ...filter, from };
}

const measureOf = { slowest: "latencyMs", costliest: "costUsd", most_tokens: "tokens" } as const;

async function findByMeasure(
  projectId: string,
  filter: TraceFilter,
  sort: keyof typeof measureOf,
  limit: number,
  after: TraceMatch | null,
): Promise<TraceMatch[]> {
  const { columns, bind } = measures[measureOf[sort]];
  const best = await scanTraces(
    projectId,
    { filter, columns: [...columns, "ids"], order: "any" },
    () => ({ matches: [] as TraceMatch[], least: Number.NEGATIVE_INFINITY }),
    (state, part) => {
      const measure = bind(part.columns);
      for (const ordinal of part.ordinals) {
        const value = measure(ordinal);
        if (!(value >= state.least) || (after && value > after.value)) continue;
        const match = {
          traceId: idAt(part.columns.ids, ordinal),
          startUs: part.columns.starts[ordinal]!,
          value,
        };
        if (after && byValue(match, after) <= 0) continue;
        state.matches.push(match);
        if (state.matches.length >= limit * 2) shorten(state, limit);
      }
      return false;
    },
  );
  shorten(best, limit);
  return best.matches;
}

function shorten(state: { matches: TraceMatch[]; least: number }, limit: number): void {
  state.matches.sort(byValue);
  state.matches.length = Math.min(limit, state.matches.length);
  if (state.matches.length === limit) state.least = state.matches[limit - 1]!.value;
}

/** By start and id, which no two traces of a project share. */
function ascending(a: TraceMatch, b: TraceMatch): number {
  return a.startUs - b.startUs || (a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : 0);
}

function descending(a: TraceMatch, b: TraceMatch): number {
  return ascending(b, a);
}

function byValue(a: TraceMatch, b: TraceMatch): number {
  return b.value - a.value || descending(a, b);
}

function encodeCursor({ value, startUs, traceId }: TraceMatch): string {
  return Buffer.from(JSON.stringify([value, startUs, traceId])).toString("base64url");
}

function decodeCursor(cursor: string): TraceMatch {
  try {
    const [value, startUs, traceId] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    const isTraceId = typeof traceId === "string" && /^[0-9a-f]{32}$/.test(traceId);
    if (
      isTraceId &&
      typeof value === "number" &&
      typeof startUs === "number" &&
      Math.abs(startUs) < 8.64e18
    ) {
      return { value, startUs, traceId };
    }
  } catch {
    // Not one of ours: refused below.
  }
  throw new AppError("invalid_input", "The cursor is none that this list gave.", {
    issues: [{ path: "cursor", message: "must be a nextCursor of this list" }],
  });
}
