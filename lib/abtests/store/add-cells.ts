import type { Sql } from "#lib/db/postgres.ts";
import { gamma } from "#lib/stats/log-histogram.ts";
import { histogramMeasures } from "../metrics.ts";

/**
 * Applies to `ab_cell` the difference between the units' two states in `fold_unit` and `fold_total`. Units are grouped
 * by where they count before their totals are looked at: there are few such places, and many totals.
 */
export async function addCells(tx: Sql): Promise<void> {
  await tx`
    insert into fold_cell
    with states as materialized (
      select no, 0 as side, ab_test_id, phase0 as phase, variant0 as variant_key, (first0 at time zone 'UTC')::date as day, segments0 as segments
      from fold_unit where variant0 is not null
      union all
      select no, 1, ab_test_id, phase1, variant1, (first1 at time zone 'UTC')::date, segments1
      from fold_unit where variant1 is not null
    ),
    places as materialized (
      select row_number() over () as place, ab_test_id, phase, variant_key, day, segments
      from (select distinct ab_test_id, phase, variant_key, day, segments from states) d
    ),
    located as materialized (
      select u.no, b.place as place0, a.place as place1, u.multiple0::int as multiple0, u.multiple1::int as multiple1
      from fold_unit u
        left join (select no, place from states join places using (ab_test_id, phase, variant_key, day, segments) where side = 0) b on b.no = u.no
        left join (select no, place from states join places using (ab_test_id, phase, variant_key, day, segments) where side = 1) a on a.no = u.no
    ),
    totals as materialized (
      select no, measure, n0, s0, b0, n1, s1, b1, n0 as w0, n1 as w1 from fold_total
      where measure not like 'variant:%' and measure not like 'level:%' and (n0, s0, b0) is distinct from (n1, s1, b1)
      union all
      select t.no, t.measure, t.n0, t.s0, t.b0, t.n1, t.s1, t.b1, t.n0, t.n1 from fold_total t join located l using (no)
      where l.place0 is distinct from l.place1
        and t.measure not like 'variant:%' and t.measure not like 'level:%' and (t.n0, t.s0, t.b0) is not distinct from (t.n1, t.s1, t.b1)
      union all
      -- The share of a level is over all traces that have a label at all.
      select t.no, t.measure, t.n0, t.s0, t.b0, t.n1, t.s1, t.b1, case when t.n0 = 0 then 0 else c.n0 end, case when t.n1 = 0 then 0 else c.n1 end
      from fold_total t join fold_total c on c.no = t.no and c.measure = 'category:' || split_part(substr(t.measure, 7), E'\\x1f', 1)
      where t.measure like 'level:%'
    ),
    changes as (
      select l.place1 as place, t.measure, (t.n1 <> 0)::int - (t.n0 <> 0)::int as k, w1 - w0 as n, s1 - s0 as s,
        w1::bigint * w1 - w0::bigint * w0 as nn, s1 * s1 - s0 * s0 as ss, w1 * s1 - w0 * s0 as ns,
        (s1 > 0)::int - (s0 > 0)::int as positive, b1 - b0 as not_binary
      from totals t join located l using (no) where l.place0 = l.place1
      union all
      select l.place0, t.measure, -1, -w0, -s0, -(w0::bigint * w0), -(s0 * s0), -(w0 * s0), -(s0 > 0)::int, -b0
      from totals t join located l using (no) where l.place0 is distinct from l.place1 and l.place0 is not null and t.n0 <> 0
      union all
      select l.place1, t.measure, 1, w1, s1, w1::bigint * w1, s1 * s1, w1 * s1, (s1 > 0)::int, b1
      from totals t join located l using (no) where l.place0 is distinct from l.place1 and l.place1 is not null and t.n1 <> 0
      union all
      select place0, '', -1, 0, 0, 0, 0, 0, -multiple0, 0 from located where place0 is not null
      union all
      select place1, '', 1, 0, 0, 0, 0, 0, multiple1, 0 from located where place1 is not null
    ),
    combined as materialized (
      select place, measure, sum(k) as k, sum(n) as n, sum(s) as s, sum(nn) as nn, sum(ss) as ss, sum(ns) as ns,
        sum(positive) as positive, sum(not_binary) as not_binary
      from changes group by place, measure
    )
    select p.ab_test_id, d.dimension, d.level, p.phase, p.variant_key, c.measure,
      sum(k), sum(n), sum(s), sum(nn), sum(ss), sum(ns), sum(positive), sum(not_binary)
    from combined c join places p using (place) cross join lateral (
      values ('', ''), ('day', to_char(p.day, 'YYYY-MM-DD'))
      union all select key, value from jsonb_each_text(p.segments)
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
