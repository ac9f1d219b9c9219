import type { Sql } from "#lib/db/postgres.ts";
import { defaultSegments } from "../schema.ts";
import { traceColumns } from "./fold-tables.ts";

/** Levels of a dimension that have cells of their own. */
const levelLimit = 20;
/** Stands for all later levels; no attribute can have this value, as U+001F is stripped from them. */
export const otherLevel = "\u001fother";

/**
 * Replaces what the traces contributed by what they contribute now, and settles the totals of their units and where
 * these count: `fold_unit` and `fold_total` hold both states afterwards, the tables the new one.
 */
export async function countUnits(tx: Sql): Promise<void> {
  await tx`
    insert into ab_counted_unit (ab_test_id, unit_id, jackknife)
    select ab_test_id, unit_id,
      ('x' || substr(md5(ab_test_id || ':jackknife:' || unit_id), 1, 7))::bit(28)::int % 100
    from (select ab_test_id, unit_id from fold_new
      union select ab_test_id, unit_id from fold_mark where unit_id is not null) touched
    on conflict do nothing`;
  await tx`
    insert into fold_unit
    select no, ab_test_id, unit_id, jackknife, variant_key, phase, first_at, is_multiple, segments,
      null, null, null, null, null, totals
    from ab_counted_unit where no in (
      select unit_no from fold_old
      union select u.no from fold_new n join ab_counted_unit u using (ab_test_id, unit_id)
      union select u.no from fold_mark m join ab_counted_unit u using (ab_test_id, unit_id))`;
  await tx`
    delete from ab_counted_trace t using fold_old o
    where t.unit_no = o.unit_no and t.started_at = o.started_at and t.trace_id = o.trace_id`;
  const columns = tx.unsafe(traceColumns.join(", "));
  await tx`
    insert into ab_counted_trace (unit_no, trace_id, started_at, last_at, variants, ${columns}, more, environment, release, service)
    select u.no, n.trace_id, n.started_at, n.last_at, n.variants, ${columns}, n.more, n.environment, n.release, n.service
    from fold_new n join fold_unit u using (ab_test_id, unit_id)`;
  await addTotals(tx);
  await placeUnits(tx);
  await tx`
    update ab_counted_unit c set variant_key = u.variant1, phase = u.phase1, first_at = u.first1,
      is_multiple = u.multiple1, segments = u.segments1, totals = coalesce(t.totals, '{}')
    from fold_unit u left join (
      select no, jsonb_object_agg(measure, jsonb_build_array(n1, s1, b1)) as totals
      from fold_total where n1 <> 0 and measure not like 'capped:%' group by no
    ) t using (no)
    where c.no = u.no and u.variant1 is not null`;
  await tx`delete from ab_counted_unit c using fold_unit u where c.no = u.no and u.variant1 is null`;
}

/**
 * Totals before and after: what the unit had, and the difference that its traces make. What every trace may have is
 * summed as columns first, nine times fewer rows to group; the rest (scores, the letters served) row by row.
 */
async function addTotals(tx: Sql): Promise<void> {
  const columns = tx.unsafe(traceColumns.join(", "));
  const sums = tx.unsafe(
    traceColumns
      .map(
        (name, i) =>
          `coalesce(sum(sign) filter (where ${name} is not null), 0) as n${i}, coalesce(sum(sign * ${name}), 0) as s${i}, coalesce(sum(sign) filter (where ${name} not in (0, 1)), 0) as b${i}`,
      )
      .join(", "),
  );
  const values = tx.unsafe(traceColumns.map((name, i) => `('${name}', n${i}, s${i}, b${i})`).join(", "));
  await tx`
    insert into fold_total
    with signed as materialized (
      select unit_no as no, -1 as sign, variants, ${columns}, more from fold_old
      union all
      select u.no, 1, n.variants, ${columns}, n.more from fold_new n join fold_unit u using (ab_test_id, unit_id)
    ),
    summed as (select no, sum(sign) as traces, ${sums} from signed group by no),
    changed as (
      select no, m.measure, m.n, m.s, m.b
      from summed cross join lateral (values ('traces', traces, traces::numeric, 0::bigint), ${values}) as m (measure, n, s, b)
      union all
      select no, 'variant:' || letter, sum(sign), 0, 0
      from signed cross join lateral regexp_split_to_table(variants, '') letter group by no, letter
      union all
      select no, e.key, sum(sign), sum(sign * e.value::numeric), sum(sign) filter (where e.value::numeric not in (0, 1))
      from signed cross join lateral jsonb_each_text(more) e where more is not null group by no, e.key
    )
    -- Both sides have a measure of a unit once: no grouping.
    select no, measure, coalesce(h.n, 0), coalesce(h.s, 0), coalesce(h.b, 0),
      coalesce(h.n, 0) + coalesce(c.n, 0), coalesce(h.s, 0) + coalesce(c.s, 0), coalesce(h.b, 0) + coalesce(c.b, 0)
    from (
      select u.no, e.key as measure, (e.value ->> 0)::int as n, (e.value ->> 1)::numeric as s, (e.value ->> 2)::int as b
      from fold_unit u cross join lateral jsonb_each(u.totals) e
    ) h full join (select * from changed where n <> 0 or s <> 0 or b <> 0) c using (no, measure)`;
  await tx`
    insert into fold_total
    select t.no, 'capped:' || t.measure, t.n0, least(t.s0, c.cap), 0, t.n1, least(t.s1, c.cap), 0
    from (
      select f.ab_test_id, e.key as measure, e.value::numeric as cap from ab_fold f, jsonb_each_text(f.caps) e
      where f.ab_test_id in (select ab_test_id from fold_unit)
    ) c join fold_unit u using (ab_test_id) join fold_total t on t.no = u.no and t.measure = c.measure`;
}

/**
 * Where each touched unit counts: in the variant and phase of its exposure, else of its first trace (a client that
 * assigns by itself), whatever served it later: intention to treat. Its segments are the values at that moment.
 */
async function placeUnits(tx: Sql): Promise<void> {
  await tx`
    with tests as (
      select t.id, t.project_id, t.stopped_at,
        array(select jsonb_array_elements_text(
          coalesce(t.design -> 'segments', ${tx.json([...defaultSegments])}::jsonb))) as dimensions
      from ab_test t where t.id in (select ab_test_id from fold_unit)
    ),
    placed as materialized (
      select u.no, u.ab_test_id, t.dimensions, e.attributes, f.environment, f.release, f.service,
        coalesce(e.variant_key, f.variant) as variant_key,
        coalesce(e.phase, (
          select max(number) from ab_phase p where p.ab_test_id = u.ab_test_id and p.started_at <= f.started_at
        ), case when f.variant is not null then 1 end) as phase,
        coalesce(e.first_exposed_at, f.started_at) as first_at
      from fold_unit u join tests t on t.id = u.ab_test_id
        left join ab_unit e on e.project_id = t.project_id and e.ab_test_id = u.ab_test_id and e.unit_id = u.unit_id
          and (t.stopped_at is null or e.first_exposed_at <= t.stopped_at)
        left join lateral (
          select started_at, left(variants, 1) as variant, environment, release, service
          from ab_counted_trace c where c.unit_no = u.no order by started_at, trace_id limit 1
        ) f on e.unit_id is null or cardinality(t.dimensions) > 0
    ),
    levels as materialized (
      select no, ab_test_id, dimension, left(translate(level, E'\\x1f', ''), 200) as level from (
        select no, ab_test_id, dimension, coalesce(attributes ->> dimension,
          case dimension when 'environment' then environment when 'release' then release when 'service' then service end
        ) as level
        from placed cross join lateral unnest(dimensions) dimension
      ) found where level <> ''
    ),
    candidates as (
      select ab_test_id, dimension, level, row_number() over (partition by ab_test_id, dimension order by min(no), level) as place
      from levels l where not exists (
        select 1 from ab_level k where k.ab_test_id = l.ab_test_id and k.dimension = l.dimension and k.level = l.level)
      group by ab_test_id, dimension, level
    ),
    added as (
      insert into ab_level
      select c.ab_test_id, c.dimension, c.level from candidates c
      where c.place + (select count(*) from ab_level k where k.ab_test_id = c.ab_test_id and k.dimension = c.dimension) <= ${levelLimit}
      returning ab_test_id, dimension, level
    ),
    known as (
      select ab_test_id, dimension, level from ab_level where ab_test_id in (select id from tests)
      union all select * from added
    ),
    segments as (
      select l.no, jsonb_object_agg(l.dimension, coalesce(k.level, ${otherLevel})) as segments
      from levels l left join known k using (ab_test_id, dimension, level) group by l.no
    ),
    multiple as (
      select p.no from placed p join fold_total t using (no)
      where t.measure like 'variant:%' and t.n1 > 0 and t.measure <> 'variant:' || p.variant_key group by p.no
    )
    update fold_unit u set variant1 = p.variant_key, phase1 = p.phase, first1 = p.first_at,
      multiple1 = m.no is not null, segments1 = coalesce(s.segments, '{}')
    from placed p left join segments s using (no) left join multiple m using (no)
    where p.no = u.no`;
}
