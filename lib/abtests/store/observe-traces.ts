import type { Sql } from "#lib/db/postgres.ts";
import { defaultSegments } from "../schema.ts";

/** How far the clocks of applications may differ from ours and their traces still count. */
const clockSkew = "10 minutes";

/**
 * Which of the spans are looked at: those of the traces in `fold_trace`, between two times that bound them all (so
 * that the planner leaves out the other days' partitions), or all spans of one test.
 */
export type SpanSource = { kind: "marked"; from: Date; to: Date } | { kind: "test"; abTestId: string };

/**
 * What each trace in `fold_trace` contributes now, into `fold_new`; or why it does not count, into `fold_stray`.
 *
 * An observation is a *trace*: its leaf model calls that name the test. Error: any of them failed. Latency: from the
 * first one's start to the last one's end. Cost and tokens: their sums, absent where none is known. Retries: calls
 * that failed and were followed by another. Score: the mean of the trace's scores of that name. What a call's clock
 * says is judged by when the call was *received*, so that the answer never depends on when it is asked for.
 *
 * Values are decimals of at most 15 places: squares and products of them stay exact, and short.
 */
export async function observeTraces(tx: Sql, source: SpanSource): Promise<void> {
  const spans =
    source.kind === "marked"
      ? tx`fold_trace p join spans s on s.trace_id = p.trace_id and s.project_id = p.project_id
          and s.start_time >= p.from_at and s.start_time <= p.to_at
          and s.start_time >= ${source.from} and s.start_time <= ${source.to}`
      : tx`spans s`;
  const one = source.kind === "marked" ? tx`` : tx`and s.ab_test_id = ${source.abTestId}`;
  await tx`
    with tests as (
      select t.id, t.project_id, t.started_at, t.stopped_at,
        array(select key from ab_variant v where v.ab_test_id = t.id) as variants,
        array(select jsonb_array_elements_text(
          coalesce(t.design -> 'segments', ${tx.json([...defaultSegments])}::jsonb))) as dimensions
      from ab_test t
    ),
    calls as materialized (
      select s.ab_test_id, s.trace_id, s.unit_id, s.variant_key, s.status, s.start_time, s.span_id, s.duration_us,
        s.ttft_ms, s.cost_usd, s.input_tokens, s.output_tokens,
        case when 'environment' = any(t.dimensions) then left(s.environment, 200) end as environment,
        case when 'release' = any(t.dimensions) then left(s.release, 200) end as release,
        case when 'service' = any(t.dimensions) then left(s.service, 200) end as service,
        case
          when coalesce(s.unit_id, '') = '' or octet_length(s.unit_id) > 512 then 'no_unit'
          when s.variant_key is null or s.variant_key <> all(t.variants) then 'unknown_variant'
          when s.start_time > s.received_at + ${clockSkew}::interval then 'clock_ahead'
          when t.started_at is null or s.start_time < t.started_at - ${clockSkew}::interval
            or s.start_time > t.stopped_at then 'outside'
        end as stray
      from ${spans} join tests t on t.id = s.ab_test_id and t.project_id = s.project_id
      where s.is_model_call ${one}
    ),
    strays as (
      insert into fold_stray
      select ab_test_id, trace_id, min(stray), min(start_time), max(start_time)
      from calls where stray is not null group by ab_test_id, trace_id
    )
    insert into fold_new
    select ab_test_id, unit_id, trace_id, min(start_time), max(start_time),
      case when min(variant_key) = max(variant_key) then min(variant_key)
        else (array_agg(variant_key order by start_time, span_id))[1]
          || replace(string_agg(distinct variant_key, ''), (array_agg(variant_key order by start_time, span_id))[1], '')
      end,
      max((status = 'error')::int),
      extract(epoch from max(start_time + coalesce(duration_us, 0) * interval '1 microsecond') - min(start_time)) * 1000
        + case when count(duration_us) = 0 then null else 0 end,
      round(min(ttft_ms) filter (where ttft_ms between 0 and 1e12)::numeric, 6),
      round(sum(cost_usd::numeric) filter (where cost_usd between 0 and 1e9), 15),
      sum(input_tokens),
      sum(output_tokens),
      count(*) filter (where status = 'error')
        - ((array_agg(status order by start_time, span_id))[count(*)] = 'error')::int,
      null,
      min(environment), min(release), min(service)
    from calls where stray is null
    group by ab_test_id, unit_id, trace_id`;
  await addScores(tx);
}

/** Beyond this a number is a mistake that would drown all others; far beyond any definition's range. */
const largestScore = 1e15;

/**
 * Scores of the observed traces, into `fold_new.more`. Besides the mean of all scores of a name: that of judges, and
 * where people have labeled the same trace, theirs and the gap; the share of each label; and whether the mean reaches
 * a threshold that one of the test's metrics has.
 */
async function addScores(tx: Sql): Promise<void> {
  await tx`
    with thresholds as (
      select id, measure, substring(measure from '^score:(.*)>=') as name, substring(measure from '>=(.*)$')::numeric as at
      from (
        select distinct t.id, regexp_replace(m #>> '{}', '\\.(per_unit|unit_share)$', '') as measure
        from ab_test t cross join jsonb_path_query(t.metrics, '$.*[*].metric') m
        where t.id in (select ab_test_id from fold_new)
      ) metrics where measure ~ '^score:.*>=-?[0-9.]+$'
    ),
    traces as (select distinct project_id, trace_id from fold_trace),
    scored as materialized (
      select s.trace_id, s.name,
        round(avg(s.numeric_value::numeric), 15) as value,
        round(avg(s.numeric_value::numeric) filter (where s.source in ('judge', 'evaluator')), 15) as judge,
        round(avg(s.numeric_value::numeric) filter (where s.source = 'person'), 15) as person
      from traces t join scores s on s.trace_id = t.trace_id and s.project_id = t.project_id
      where s.numeric_value between ${-largestScore} and ${largestScore}
      group by s.trace_id, s.name
    ),
    labeled as materialized (
      select s.trace_id, s.name, s.label_value, round(count(*)::numeric / sum(count(*)) over (partition by s.trace_id, s.name), 15) as share
      from traces t join scores s on s.trace_id = t.trace_id and s.project_id = t.project_id
      where s.label_value is not null
      group by s.trace_id, s.name, s.label_value
    ),
    measured as (
      select null::uuid as ab_test_id, trace_id, 'score:' || name as measure, value from scored
      union all select null, trace_id, 'judge:' || name, judge from scored where judge is not null
      union all select null, trace_id, 'person:' || name, person from scored where judge is not null and person is not null
      union all select null, trace_id, 'gap:' || name, person - judge from scored where judge is not null and person is not null
      union all select null, trace_id, 'gapsize:' || name, abs(person - judge) from scored where judge is not null and person is not null
      union all select distinct null::uuid, trace_id, 'category:' || name, 1 from labeled
      union all select null, trace_id, 'level:' || name || E'\\x1f' || left(label_value, 200), share from labeled
      union all select t.id, s.trace_id, t.measure, (s.value >= t.at)::int from thresholds t join scored s using (name)
    ),
    objects as (
      select n.ab_test_id, n.unit_id, n.trace_id, jsonb_object_agg(m.measure, m.value) as more
      from measured m join fold_new n on n.trace_id = m.trace_id and (m.ab_test_id is null or m.ab_test_id = n.ab_test_id)
      group by n.ab_test_id, n.unit_id, n.trace_id
    )
    update fold_new n set more = o.more from objects o
    where n.ab_test_id = o.ab_test_id and n.unit_id = o.unit_id and n.trace_id = o.trace_id`;
}
