import type { Sql } from "#lib/db/postgres.ts";

/**
 * The measures that every trace may have, each a column of `ab_counted_trace`. Everything else that is measured
 * (scores) lies in its `more`.
 */
export const traceColumns = [
  "error_rate",
  "latency_ms",
  "time_to_first_token_ms",
  "cost_usd",
  "input_tokens",
  "output_tokens",
  "retries",
] as const;

const columns = traceColumns.map((name) => `${name} numeric`).join(", ");

/**
 * The working tables of one fold; each connection has its own, and a commit empties them.
 *
 * | table | |
 * |---|---|
 * | fold_mark | the marks that were taken |
 * | fold_trace | the traces to observe again, and between which times their spans lie |
 * | fold_old, fold_new | what these traces contributed, and contribute now |
 * | fold_unit | the units they touch, as counted before (0) and now (1) |
 * | fold_total | the units' totals, likewise |
 * | fold_cell, fold_bucket | what is to be added to the cells and histograms |
 */
export async function makeFoldTables(tx: Sql): Promise<void> {
  await tx.unsafe(`
    create temp table if not exists fold_mark (
      project_id uuid, trace_id uuid, from_at timestamptz, to_at timestamptz, ab_test_id uuid, unit_id text
    ) on commit delete rows;
    create temp table if not exists fold_trace (
      project_id uuid, trace_id uuid, from_at timestamptz, to_at timestamptz
    ) on commit delete rows;
    create temp table if not exists fold_old (
      unit_no bigint, trace_id uuid, started_at timestamptz, variants text, ${columns}, more jsonb
    ) on commit delete rows;
    create temp table if not exists fold_new (
      ab_test_id uuid, unit_id text, trace_id uuid, started_at timestamptz, last_at timestamptz, variants text,
      ${columns}, more jsonb, environment text, release text, service text
    ) on commit delete rows;
    create temp table if not exists fold_stray (
      ab_test_id uuid, trace_id uuid, reason text, started_at timestamptz, last_at timestamptz
    ) on commit delete rows;
    create temp table if not exists fold_unit (
      no bigint, ab_test_id uuid, unit_id text, jackknife smallint,
      variant0 text, phase0 integer, first0 timestamptz, multiple0 boolean, segments0 jsonb,
      variant1 text, phase1 integer, first1 timestamptz, multiple1 boolean, segments1 jsonb,
      totals jsonb
    ) on commit delete rows;
    create temp table if not exists fold_total (
      no bigint, measure text, n0 integer, s0 numeric, b0 integer, n1 integer, s1 numeric, b1 integer
    ) on commit delete rows;
    create temp table if not exists fold_cell (
      ab_test_id uuid, dimension text, level text, phase integer, variant_key text, measure text,
      k numeric, n numeric, s numeric, nn numeric, ss numeric, ns numeric, positive numeric, not_binary numeric
    ) on commit delete rows;
    create temp table if not exists fold_bucket (
      ab_test_id uuid, phase integer, variant_key text, measure text, jackknife smallint, bucket integer, c integer
    ) on commit delete rows`);
}

/** So that the planner knows how large they are: for folds of millions, where its guesses would cost minutes. */
export async function analyzeFoldTables(tx: Sql, tables: readonly string[]): Promise<void> {
  for (const table of tables) await tx.unsafe(`analyze ${table}`);
}
