import { type Context, requireScope } from "#lib/core/context.ts";
import type { Columns } from "../packs/pack.ts";
import { type SignatureField, signatureIndex, termOf } from "../packs/trace-doc.ts";
import { traceFilter } from "../schema.ts";
import { countTerms, openSnapshot, openTail } from "./open-packs.ts";
import { scanTraces } from "./scan-traces.ts";

/** What a filter can be completed with from the traces themselves. */
export const facetFields = [
  "model",
  "provider",
  "promptName",
  "promptVersion",
  "abTest",
  "variant",
  "deployment",
  "operation",
  "errorType",
  "environment",
  "release",
  "service",
  "userId",
  "sessionId",
  "tag",
] as const;
export type FacetField = (typeof facetFields)[number];

export type FacetValue = { value: string; traceCount: number };

type FacetQuestion = {
  field: FacetField;
  /** Only values with this in them, in any case of letters. */
  like?: string;
  /** ISO 8601; the last 30 days unless told. */
  from?: string;
  to?: string;
  limit?: number;
};

const defaultWindowMs = 30 * 86_400_000;
/** Of users and sessions, which may be hundreds of thousands, those of the newest traces are counted. */
const namesLimit = 20_000;

/**
 * The values that traces have of a field and in how many of them each is, the most frequent first. Users and sessions
 * are counted over the newest traces, until 20,000 different ones have been met; tags in whole packs, so that some
 * count may be of a trace that begins a little outside the range, or has changed or been deleted a moment ago. Needs
 * `read`.
 */
export async function listFacetValues(
  ctx: Context,
  { field, like = "", from, to, limit = 50 }: FacetQuestion,
): Promise<FacetValue[]> {
  requireScope(ctx, "read");
  const since = from ?? new Date(Date.now() - defaultWindowMs).toISOString();
  const filter = traceFilter.parse({ from: since, to });
  const wanted = like.toLowerCase();
  if (field === "tag") return pickValues(await countTags(ctx.projectId, since, to), wanted, limit);
  const isNames = field === "userId" || field === "sessionId";
  const counts = await scanTraces(
    ctx.projectId,
    {
      filter,
      columns:
        field === "userId"
          ? ["userRefs", "users"]
          : isNames
            ? ["sessionRefs", "sessions"]
            : ["sets", "catalogue"],
      order: isNames ? "newest" : "any",
    },
    () => new Map<string, number>(),
    (state, { columns, ordinals }) => {
      if (isNames) countNames(state, columns, ordinals, field);
      else countSets(state, columns, ordinals, field);
      return isNames && state.size > namesLimit;
    },
  );
  return pickValues(counts, wanted, limit);
}

function pickValues(counts: ReadonlyMap<string, number>, wanted: string, limit: number): FacetValue[] {
  return [...counts]
    .filter(([value]) => value.toLowerCase().includes(wanted))
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, limit)
    .map(([value, traceCount]) => ({ value, traceCount }));
}

async function countTags(projectId: string, from: string, to: string | undefined): Promise<Counts> {
  const { packs, tails } = await openSnapshot(projectId);
  const [fromUs, toUs] = [Date.parse(from) * 1000, to === undefined ? Infinity : Date.parse(to) * 1000];
  const prefix = termOf("tag", "");
  const inRange = packs.filter((pack) => pack.lastUs >= fromUs && pack.firstUs < toUs);
  const counts: Counts = new Map();
  for (const [term, count] of await countTerms(inRange, prefix)) {
    add(counts, term.slice(prefix.length), count);
  }
  for (const tail of tails.filter((each) => each.lastUs >= fromUs)) {
    const { terms } = await openTail(projectId, tail, false, null);
    for (const [term, ordinals] of terms) {
      if (term.startsWith(prefix)) add(counts, term.slice(prefix.length), ordinals.length);
    }
  }
  return counts;
}

type Counts = Map<string, number>;

function add(counts: Counts, value: string, count: number): void {
  counts.set(value, (counts.get(value) ?? 0) + count);
}

function countNames(
  counts: Counts,
  columns: Columns,
  ordinals: Uint32Array,
  field: "userId" | "sessionId",
): void {
  const [refs, names] =
    field === "userId" ? [columns.userRefs, columns.users] : [columns.sessionRefs, columns.sessions];
  const tally = new Uint32Array(names.count + 1);
  for (const ordinal of ordinals) tally[refs[ordinal]!]!++;
  for (let ref = 1; ref < tally.length; ref++)
    if (tally[ref]! > 0) add(counts, names.at(ref - 1), tally[ref]!);
}

/** Few of a pack's traces differ in their set of signatures: each set is looked through once. */
function countSets(
  counts: Counts,
  columns: Columns,
  ordinals: Uint32Array,
  field: Exclude<FacetField, "userId" | "sessionId" | "tag">,
): void {
  const { signatures, sets } = columns.catalogue;
  const tally = new Uint32Array(sets.length);
  for (const ordinal of ordinals) tally[columns.sets[ordinal]!]!++;
  const fields: SignatureField[] = field === "model" ? ["requestModel", "responseModel"] : [field];
  for (const [index, set] of sets.entries()) {
    if (tally[index] === 0) continue;
    const values = new Set(
      set.flatMap((at) => fields.flatMap((each) => signatures[at]![signatureIndex[each]] ?? [])),
    );
    for (const value of values) add(counts, value, tally[index]!);
  }
}
