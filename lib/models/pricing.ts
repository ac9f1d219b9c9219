import { type PriceRow, priceTable } from "./price-table.ts";

/** Tokens of one call. Totals include their subsets: cached and cache-write ⊂ input, reasoning ⊂ output. */
export type TokenUsage = {
  inputTokens: number | null;
  outputTokens: number | null;
  cachedInputTokens: number | null;
  cacheWriteInputTokens: number | null;
  reasoningOutputTokens: number | null;
};

/**
 * The price of one call in US dollars, or null where it can't be known: no token count, or a model that neither
 * the project's prices nor the built-in table has. Never 0 for "unknown".
 *
 * `at` picks the price that held then. `overrides` are the project's own rows and win over the table. A name
 * with a date, a `-latest` or a router's prefix (`gpt-4o-2024-08-06`, `openai/gpt-4o`) has its base's price.
 */
export function priceOf(
  usage: TokenUsage,
  model: string | null,
  at: Date,
  overrides: readonly PriceRow[] = [],
): number | null {
  if (model === null || (usage.inputTokens === null && usage.outputTokens === null)) return null;
  const price = findPrice(model, at, overrides);
  if (!price) return null;

  const input = usage.inputTokens ?? 0;
  const cached = Math.min(usage.cachedInputTokens ?? 0, input);
  const written = Math.min(usage.cacheWriteInputTokens ?? 0, input - cached);
  const output = usage.outputTokens ?? 0;
  const reasoning = Math.min(usage.reasoningOutputTokens ?? 0, output);
  const millionths =
    (input - cached - written) * price.input +
    cached * (price.cachedInput ?? price.input) +
    written * (price.cacheWrite ?? price.input) +
    (output - reasoning) * price.output +
    reasoning * (price.reasoning ?? price.output);
  return millionths / 1_000_000;
}

/** The row that prices `model` at that time; null if none does. */
export function findPrice(model: string, at: Date, overrides: readonly PriceRow[] = []): PriceRow | null {
  for (const rows of [overrides, priceTable]) {
    for (const ranked of rankedFor(rows, model)) {
      const row = ranked.find(({ fromMs }) => fromMs <= at.getTime());
      if (row) return row.row;
    }
  }
  return null;
}

type Ranked = { row: PriceRow; fromMs: number }[];

/**
 * What a table has for a model, by name to try, best first: kept as long as the table is. Every span is priced, and
 * looking through the whole table for each took as long as mapping it.
 */
const rankings = new WeakMap<readonly PriceRow[], Map<string, Ranked[]>>();
const rankingsLimit = 5000;

function rankedFor(rows: readonly PriceRow[], model: string): Ranked[] {
  if (rows.length === 0) return [];
  const ofTable = rankings.get(rows) ?? new Map<string, Ranked[]>();
  rankings.set(rows, ofTable);
  let ranked = ofTable.get(model);
  if (!ranked) {
    if (ofTable.size >= rankingsLimit) ofTable.clear();
    ranked = namesToTry(model).map((name) => rank(rows, name));
    ofTable.set(model, ranked);
  }
  return ranked;
}

/** The name itself, then without what providers and routers add to it, most specific first. */
function namesToTry(model: string): string[] {
  const lower = model.toLowerCase();
  const bare = lower.slice(lower.lastIndexOf("/") + 1);
  const base = bare
    .replace(/@.*$/, "")
    .replace(/:.*$/, "")
    .replace(/-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$/, "");
  return [...new Set([lower, bare, base])];
}

/** Longer patterns are more specific; of one pattern the last to come into force holds. */
function rank(rows: readonly PriceRow[], name: string): Ranked {
  return rows
    .filter((row) => matches(row.model.toLowerCase(), name))
    .map((row) => ({ row, fromMs: Date.parse(row.from) }))
    .sort((a, b) => b.row.model.length - a.row.model.length || b.fromMs - a.fromMs);
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
