import { type Sql, sql } from "#lib/db/postgres.ts";
import type { Measure } from "../metrics.ts";
import { addCells } from "./add-cells.ts";
import { lockFolds } from "./fold-pending.ts";
import { makeFoldTables } from "./fold-tables.ts";

/** Heavy-tailed totals: a few users can outweigh all others. */
export const cappedMeasures = ["cost_usd", "input_tokens", "output_tokens"] as const satisfies Measure[];
/** A p99.9 of fewer units would be the largest of them. */
export const leastUnitsForCaps = 1000;
const level = 0.999;

/**
 * Sets, once per test, the limits that unit totals are winsorized at: the p99.9 over all variants together, blind to
 * which is which. From then on the cells have `capped:MEASURE` beside the measure itself, of all units so far too.
 * Does nothing for a test that has limits, or too few units.
 */
export async function freezeCaps(abTestId: string): Promise<void> {
  await sql().begin(async (transaction) => {
    const tx = transaction as unknown as Sql;
    await lockFolds(tx);
    const frozen = await tx`
      with totals as (
        select m.measure, (u.totals -> m.measure ->> 1)::numeric as s
        from ab_counted_unit u cross join unnest(${[...cappedMeasures]}::text[]) as m (measure)
        where u.ab_test_id = ${abTestId} and u.totals ? m.measure
      ),
      caps as (
        select measure, percentile_disc(${level}) within group (order by s) as cap
        from totals group by measure having count(*) >= ${leastUnitsForCaps}
      )
      update ab_fold f set version = f.version + 1,
        caps = (select jsonb_object_agg(measure, cap) from caps where cap > 0)
      where f.ab_test_id = ${abTestId} and f.caps = '{}' and exists (select 1 from caps where cap > 0)
      returning 1`;
    if (frozen.length === 0) return;
    await makeFoldTables(tx);
    // The units stay where they are (both states alike), and only the new measures are added to their totals.
    await tx`
      insert into fold_unit
      select no, ab_test_id, unit_id, jackknife, variant_key, phase, first_at, is_multiple, segments,
        variant_key, phase, first_at, is_multiple, segments, totals
      from ab_counted_unit where ab_test_id = ${abTestId}`;
    await tx`
      insert into fold_total
      select u.no, 'capped:' || c.measure, 0, 0, 0, (u.totals -> c.measure ->> 0)::int,
        least((u.totals -> c.measure ->> 1)::numeric, c.cap), 0
      from fold_unit u join lateral (
        select e.key as measure, e.value::numeric as cap from ab_fold f, jsonb_each_text(f.caps) e where f.ab_test_id = ${abTestId}
      ) c on u.totals ? c.measure`;
    await addCells(tx);
  });
}
