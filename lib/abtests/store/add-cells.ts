import type { Sql } from "#lib/db/postgres.ts";
import { gamma } from "#lib/stats/log-histogram.ts";
import { histogramMeasures } from "../metrics.ts";

/**
 * Applies to `ab_cell` the difference between the units' two states in `fold_unit` and `fold_total`; `add` alone
 * counts nothing away, for cells made anew.
 */
export async function addCells(tx: Sql): Promise<void> {
  await tx`
    insert into fold_cell
    with state as materialized (
      select no, -1 as sign, ab_test_id, phase0 as phase, variant0 as variant_key, first0 as first_at, segments0 as segments, multiple0 as multiple
      from fold_unit where variant0 is not null
      union all
      select no, 1, ab_test_id, phase1, variant1, first1, segments1, multiple1 from fold_unit where variant1 is not null
    ),
    measured as (
      select no, -1 as sign, measure, n0 as n, s0 as s, b0 as b from fold_total where n0 <> 0 and measure not like 'variant:%'
      union all
      select no, 1, measure, n1, s1, b1 from fold_total where n1 <> 0 and measure not like 'variant:%'
    ),
    -- The share of a level is over all traces that have a label at all.
    weighed as (
      select m.no, m.sign, m.measure, coalesce(c.n, m.n) as n, m.s, m.b
      from measured m left join measured c on m.measure like 'level:%' and c.no = m.no and c.sign = m.sign
        and c.measure = 'category:' || split_part(substr(m.measure, 7), E'\\x1f', 1)
    ),
    combined as materialized (
      select u.ab_test_id, u.phase, u.variant_key, (u.first_at at time zone 'UTC')::date as day, u.segments, w.measure,
        sum(u.sign) as k, sum(u.sign * w.n) as n, sum(u.sign * w.s) as s, sum(u.sign * w.n::numeric * w.n) as nn,
        sum(u.sign * w.s * w.s) as ss, sum(u.sign * w.n * w.s) as ns, sum(u.sign * (w.s > 0)::int) as positive,
        sum(u.sign * w.b) as not_binary
      from weighed w join state u using (no, sign)
      group by 1, 2, 3, 4, 5, 6
      union all
      select ab_test_id, phase, variant_key, (first_at at time zone 'UTC')::date, segments, '',
        sum(sign), 0, 0, 0, 0, 0, sum(sign * multiple::int), 0
      from state group by 1, 2, 3, 4, 5
    )
    select c.ab_test_id, d.dimension, d.level, c.phase, c.variant_key, c.measure,
      sum(k), sum(n), sum(s), sum(nn), sum(ss), sum(ns), sum(positive), sum(not_binary)
    from combined c cross join lateral (
      values ('', ''), ('day', to_char(c.day, 'YYYY-MM-DD'))
      union all select key, value from jsonb_each_text(c.segments)
    ) d (dimension, level)
    group by 1, 2, 3, 4, 5, 6
    union all
    select ab_test_id, 'stray', reason, 0, '', '', 0, sum(sign), 0, 0, 0, 0, 0, 0 from (
      select ab_test_id, reason, 1 as sign from fold_stray
      union all
      select s.ab_test_id, s.reason, -1 from ab_stray_trace s join fold_trace t using (trace_id)
        join ab_test a on a.id = s.ab_test_id and a.project_id = t.project_id
    ) strays group by ab_test_id, reason`;
  await tx`
    insert into ab_cell as c
    select * from fold_cell
    where k <> 0 or n <> 0 or s <> 0 or nn <> 0 or ss <> 0 or ns <> 0 or positive <> 0 or not_binary <> 0
    on conflict (ab_test_id, dimension, level, phase, variant_key, measure) do update set
      k = c.k + excluded.k, n = c.n + excluded.n, s = c.s + excluded.s, nn = c.nn + excluded.nn, ss = c.ss + excluded.ss,
      ns = c.ns + excluded.ns, positive = c.positive + excluded.positive, not_binary = c.not_binary + excluded.not_binary`;
  await tx`
    delete from ab_cell c using fold_cell f
    where c.ab_test_id = f.ab_test_id and c.dimension = f.dimension and c.level = f.level and c.phase = f.phase
      and c.variant_key = f.variant_key and c.measure = f.measure and c.k = 0 and c.n = 0`;
  await tx`
    delete from ab_stray_trace s using fold_trace t, ab_test a
    where s.trace_id = t.trace_id and a.id = s.ab_test_id and a.project_id = t.project_id`;
  await tx`insert into ab_stray_trace (ab_test_id, trace_id, reason, started_at, last_at) select ab_test_id, trace_id, reason, started_at, last_at from fold_stray`;
}

/** The same for `ab_histogram`. The other traces of a unit are looked at only if it has moved to another arm. */
export async function addHistograms(tx: Sql): Promise<void> {
  const columns = tx.unsafe(histogramMeasures.join(", "));
  const qualified = tx.unsafe(histogramMeasures.map((name) => `t.${name}`).join(", "));
  const values = tx.unsafe(histogramMeasures.map((name) => `('${name}', d.${name})`).join(", "));
  await tx`
    insert into fold_bucket
    with moved as materialized (
      select * from fold_unit
      where variant0 is not null and (variant0, phase0) is distinct from (variant1, phase1)
    ),
    others as materialized (
      select t.unit_no as no, ${qualified}
      from ab_counted_trace t join moved u on u.no = t.unit_no
      where not exists (select 1 from fold_new n where n.trace_id = t.trace_id and n.unit_id = u.unit_id and n.ab_test_id = u.ab_test_id)
    ),
    changed as (
      select unit_no as no, -1 as sign, ${columns} from fold_old
      union all select u.no, 1, ${qualified} from fold_new t join fold_unit u using (ab_test_id, unit_id)
      union all select no, -1, ${columns} from others
      union all select no, 1, ${columns} from others
    ),
    placed as (
      select u.ab_test_id, u.jackknife, d.*,
        case when d.sign < 0 then u.phase0 else u.phase1 end as phase,
        case when d.sign < 0 then u.variant0 else u.variant1 end as variant_key
      from changed d join fold_unit u using (no)
    )
    select d.ab_test_id, d.phase, d.variant_key, m.measure, d.jackknife,
      case when m.value = 0 then ${zeroKey} else ceil(ln(m.value::float8) / ${Math.log(gamma)}::float8)::int end, sum(d.sign)
    from placed d cross join lateral (values ${values}) as m (measure, value)
    where d.variant_key is not null and m.value >= 0
    group by 1, 2, 3, 4, 5, 6 having sum(d.sign) <> 0`;
  await tx`
    with keys as materialized (select distinct ab_test_id, phase, variant_key, measure, jackknife from fold_bucket),
    merged as (
      select ab_test_id, phase, variant_key, measure, jackknife, bucket, sum(c)::int as c from (
        select * from fold_bucket
        union all
        select h.ab_test_id, h.phase, h.variant_key, h.measure, h.jackknife, b.bucket, b.c
        from ab_histogram h join keys using (ab_test_id, phase, variant_key, measure, jackknife)
          cross join lateral unnest(h.buckets, h.counts) as b (bucket, c)
      ) parts
      group by 1, 2, 3, 4, 5, 6
    ),
    rows as (
      select ab_test_id, phase, variant_key, measure, jackknife,
        coalesce(array_agg(bucket order by bucket) filter (where c <> 0), '{}') as buckets,
        coalesce(array_agg(c order by bucket) filter (where c <> 0), '{}') as counts
      from merged group by 1, 2, 3, 4, 5
    )
    insert into ab_histogram as h select * from rows
    on conflict (ab_test_id, phase, variant_key, measure, jackknife) do update
      set buckets = excluded.buckets, counts = excluded.counts`;
  await tx`
    delete from ab_histogram h using (select distinct ab_test_id, phase, variant_key, measure, jackknife from fold_bucket) f
    where h.ab_test_id = f.ab_test_id and h.phase = f.phase and h.variant_key = f.variant_key and h.measure = f.measure
      and h.jackknife = f.jackknife and h.buckets = '{}'`;
}

/** The bucket of zero in lib/stats/log-histogram.ts. */
const zeroKey = -1_000_000;
