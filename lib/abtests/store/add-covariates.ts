import type { Sql } from "#lib/db/postgres.ts";

/** How far back the past reaches. */
const pastDays = 14;

/**
 * Reads, for units that are counted for the first time, what their user did before: only of tests on users whose
 * design adjusts by it. A unit's past is written once, also where it is empty.
 */
export async function readPasts(tx: Sql): Promise<void> {
  await tx`
    with fresh as materialized (
      select u.ab_test_id, u.unit_id, u.first1 as before, t.project_id
      from fold_unit u join ab_test t on t.id = u.ab_test_id
      where u.variant0 is null and u.variant1 is not null and t.unit_kind = 'user'
        and coalesce(t.design ->> 'adjustment', 'pre_period') = 'pre_period'
        and not exists (select 1 from ab_unit_history h where h.ab_test_id = u.ab_test_id and h.unit_id = u.unit_id)
    ),
    calls as materialized (
      select f.ab_test_id, f.unit_id, f.project_id, s.trace_id, s.status, s.start_time, s.duration_us, s.cost_usd, s.input_tokens, s.output_tokens
      from fresh f join spans s on s.project_id = f.project_id and s.user_id = f.unit_id and s.is_model_call
        and s.start_time >= f.before - ${pastDays} * interval '1 day' and s.start_time < f.before
    ),
    traces as materialized (
      select ab_test_id, unit_id, project_id, trace_id, max((status = 'error')::int)::numeric as error_rate,
        extract(epoch from max(start_time + duration_us * interval '1 microsecond') - min(start_time)) * 1000 as latency_ms,
        round(sum(cost_usd::numeric) filter (where cost_usd between 0 and 1e9), 15) as cost_usd,
        sum(input_tokens)::numeric as input_tokens, sum(output_tokens)::numeric as output_tokens
      from calls group by ab_test_id, unit_id, project_id, trace_id
    ),
    observed as (
      select t.ab_test_id, t.unit_id, m.measure, m.value
      from traces t cross join lateral (values ('error_rate', error_rate), ('latency_ms', latency_ms),
        ('cost_usd', cost_usd), ('input_tokens', input_tokens), ('output_tokens', output_tokens)) as m (measure, value)
      where m.value is not null
      union all
      select t.ab_test_id, t.unit_id, 'score:' || s.name, round(avg(s.numeric_value::numeric), 15)
      from traces t join scores s on s.trace_id = t.trace_id and s.project_id = t.project_id
      where s.numeric_value between -1e15 and 1e15 group by t.ab_test_id, t.unit_id, t.trace_id, s.name
    ),
    totals as (
      select ab_test_id, unit_id, jsonb_object_agg(measure, jsonb_build_array(n, s)) as totals from (
        select ab_test_id, unit_id, measure, count(*) as n, sum(value) as s from observed group by 1, 2, 3
      ) sums group by ab_test_id, unit_id
    )
    insert into ab_unit_history
    select f.ab_test_id, f.unit_id, coalesce(t.totals, '{}') from fresh f left join totals t using (ab_test_id, unit_id)
    on conflict do nothing`;
}

/** Applies to `ab_covariate` the difference between the two states of the units that have a past. */
export async function addCovariates(tx: Sql): Promise<void> {
  const [known] = await tx`
    select 1 from ab_unit_history where totals <> '{}' and ab_test_id in (select ab_test_id from fold_unit) limit 1`;
  if (!known) return;
  await tx`
    with state as (
      select no, ab_test_id, unit_id, -1 as sign, phase0 as phase, variant0 as variant_key from fold_unit where variant0 is not null
      union all
      select no, ab_test_id, unit_id, 1, phase1, variant1 from fold_unit where variant1 is not null
    ),
    past as materialized (
      select s.no, s.sign, s.ab_test_id, s.phase, s.variant_key, e.key as measure,
        (e.value ->> 0)::numeric as d, (e.value ->> 1)::numeric as x
      from state s join ab_unit_history h using (ab_test_id, unit_id) cross join lateral jsonb_each(h.totals) e
    ),
    changed as (
      select p.ab_test_id, p.phase, p.variant_key, p.measure,
        sum(p.sign * x) as x, sum(p.sign * x * x) as xx, sum(p.sign * v.s * x) as sx, sum(p.sign * v.n * x) as nx,
        sum(p.sign * d) as d, sum(p.sign * d * d) as dd, sum(p.sign * v.s * d) as sd, sum(p.sign * v.n * d) as nd, sum(p.sign * x * d) as xd
      from past p join fold_total t on t.no = p.no and t.measure = p.measure
        cross join lateral (select case when p.sign < 0 then t.n0 else t.n1 end as n, case when p.sign < 0 then t.s0 else t.s1 end as s) v
      where v.n <> 0
      group by 1, 2, 3, 4
    )
    insert into ab_covariate as c select * from changed
    on conflict (ab_test_id, phase, variant_key, measure) do update set x = c.x + excluded.x, xx = c.xx + excluded.xx,
      sx = c.sx + excluded.sx, nx = c.nx + excluded.nx, d = c.d + excluded.d, dd = c.dd + excluded.dd, sd = c.sd + excluded.sd,
      nd = c.nd + excluded.nd, xd = c.xd + excluded.xd`;
  await tx`delete from ab_covariate where d = 0 and ab_test_id in (select ab_test_id from fold_unit)`;
}
