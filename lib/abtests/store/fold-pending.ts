import { now } from "#lib/core/clock.ts";
import { type Sql, sql } from "#lib/db/postgres.ts";
import { addCells, addHistograms } from "./add-cells.ts";
import { addCovariates, readPasts } from "./add-covariates.ts";
import { countUnits } from "./count-units.ts";
import { analyzeFoldTables, makeFoldTables } from "./fold-tables.ts";
import { observeContent } from "./observe-content.ts";
import { observeTraces } from "./observe-traces.ts";

/** One fold at a time in the whole database: what it reads is then what the last one left. Dies with its connection. */
const foldLock = 7_355_611;
const marksPerFold = 5000;

export type Folded = {
  /** Marks that were taken; none may be left, or time was up, or another process was folding. */
  marks: number;
  isDone: boolean;
};

/**
 * Brings the cells up to date with what was committed: takes marks in the order they were made, observes their traces
 * again, and applies the difference to trace, unit, cells and histograms. Each batch is one transaction; whatever
 * order, number or duplication the marks come in, the cells end up the same, because a batch replaces what a trace
 * contributed by what its spans and scores *now* say.
 *
 * Why nothing is lost: a mark is committed with its change, and a fold takes marks before it reads spans and scores,
 * each statement with a snapshot of its own. What commits later has a mark that is still there.
 *
 * Returns after `budgetMs`; `restShare` of the time between batches is left to others (0.5: as long as the batch took).
 */
export async function foldPending(options: { budgetMs: number; restShare?: number }): Promise<Folded> {
  const started = performance.now();
  let marks = 0;
  for (;;) {
    const before = performance.now();
    const count = await foldBatch();
    if (count === null) return { marks, isDone: false };
    marks += count;
    if (count < marksPerFold) return { marks, isDone: true };
    const tookMs = performance.now() - before;
    if (before + tookMs - started >= options.budgetMs) return { marks, isDone: false };
    const { restShare = 0 } = options;
    if (restShare > 0) await rest((tookMs * restShare) / (1 - restShare));
  }
}

/** How many marks wait, counted up to a hundred thousand. */
export async function countPending(projectId: string): Promise<number> {
  const [row] = await sql()<[{ count: number }]>`
    select count(*) from (select 1 from ab_pending where project_id = ${projectId} limit 100000) waiting`;
  return row.count;
}

/** Null if another process holds the lock for longer than one waits. */
async function foldBatch(): Promise<number | null> {
  try {
    return await sql().begin(async (transaction) => {
      const tx = transaction as unknown as Sql;
      await tx`set local lock_timeout = '2s'`;
      await lockFolds(tx);
      await tx`set local lock_timeout = 0`;
      await tx`set local work_mem = '64MB'`;
      const count = await takeMarks(tx);
      if (count > 0) await foldMarks(tx);
      return count;
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "55P03") return null;
    throw error;
  }
}

/** Waits until no other transaction folds, and keeps others waiting until this one ends. */
export async function lockFolds(tx: Sql): Promise<void> {
  await tx`select pg_advisory_xact_lock(${foldLock})`;
}

async function takeMarks(tx: Sql): Promise<number> {
  // A queue that is empty, as most are that a report asks about, costs one probe.
  const [due] = await tx`
    select 1 from ab_pending union all
    select 1 from ab_fold f join ab_test t on t.id = f.ab_test_id
    where (f.started_at, f.stopped_at) is distinct from (t.started_at, t.stopped_at)
      or f.phases <> (select count(*) from ab_phase p where p.ab_test_id = t.id)
    limit 1`;
  if (!due) return 0;
  await makeFoldTables(tx);
  const taken = await tx`
    with taken as (
      delete from ab_pending where id in (select id from ab_pending order by id limit ${marksPerFold})
      returning project_id, trace_id, from_at, to_at, ab_test_id, unit_id
    )
    insert into fold_mark select * from taken`;
  const reconsidered = await markReconsidered(tx);
  return taken.count + reconsidered;
}

/**
 * Marks of tests whose start, stop or phases changed since they were folded: for what may count otherwise by it, the
 * few traces and units around the change.
 */
async function markReconsidered(tx: Sql): Promise<number> {
  const result = await tx`
    with changed as materialized (
      select f.ab_test_id, t.project_id,
        least(f.folded_at - interval '11 minutes', t.stopped_at,
          (select min(p.started_at) from ab_phase p where p.ab_test_id = t.id and p.number > f.phases),
          case when f.started_at is null then t.started_at - interval '11 minutes' end) as since
      from ab_fold f join ab_test t on t.id = f.ab_test_id
      where (f.started_at, f.stopped_at) is distinct from (t.started_at, t.stopped_at)
        or f.phases <> (select count(*) from ab_phase p where p.ab_test_id = t.id)
    ),
    settled as (
      update ab_fold f set started_at = t.started_at, stopped_at = t.stopped_at,
        phases = (select count(*) from ab_phase p where p.ab_test_id = t.id), folded_at = ${now()}, version = version + 1
      from ab_test t where t.id = f.ab_test_id and f.ab_test_id in (select ab_test_id from changed)
    )
    insert into fold_mark (project_id, trace_id, ab_test_id, unit_id)
    select c.project_id, t.trace_id, null::uuid, null from changed c
      join ab_counted_unit u on u.ab_test_id = c.ab_test_id join ab_counted_trace t on t.unit_no = u.no
    where t.last_at >= c.since
    union
    select c.project_id, s.trace_id, null, null from changed c join ab_stray_trace s on s.ab_test_id = c.ab_test_id
    where s.last_at >= c.since
    union
    select c.project_id, null, u.ab_test_id, u.unit_id from changed c join ab_counted_unit u on u.ab_test_id = c.ab_test_id
    where u.first_at >= c.since`;
  return result.count;
}

/** Folds what is in `fold_mark`. */
async function foldMarks(tx: Sql): Promise<void> {
  // Where a trace's spans lie: as far as its marks say, and as it was counted. Nowhere: it is in no test.
  await tx`
    insert into fold_trace
    select * from (
      select m.project_id, m.trace_id, least(min(m.from_at), min(c.started_at), min(s.started_at)) as from_at,
        greatest(max(m.to_at), max(c.last_at), max(s.last_at)) as to_at
      from fold_mark m
        left join ab_counted_trace c on c.trace_id = m.trace_id
        left join ab_stray_trace s on s.trace_id = m.trace_id
      where m.trace_id is not null
      group by m.project_id, m.trace_id
    ) traces where from_at is not null`;
  const [bounds] = await tx<[{ from: Date | null; to: Date | null }]>`
    select min(from_at) as "from", max(to_at) as "to" from fold_trace`;
  if (bounds.from && bounds.to) {
    // A Date has milliseconds, a timestamp microseconds.
    const [from, to] = [new Date(bounds.from.getTime() - 1), new Date(bounds.to.getTime() + 1)];
    await tx`
      insert into fold_old
      select t.unit_no, t.trace_id, t.started_at, t.variants, t.error_rate, t.latency_ms, t.time_to_first_token_ms,
        t.cost_usd, t.input_tokens, t.output_tokens, t.retries, t.more
      from fold_trace f join ab_counted_trace t using (trace_id) join ab_counted_unit u on u.no = t.unit_no
        join ab_test a on a.id = u.ab_test_id and a.project_id = f.project_id`;
    await observeTraces(tx, { kind: "marked", from, to });
    await observeContent(tx);
  }
  await applyFold(tx);
}

/** From `fold_trace`, `fold_old`, `fold_new` and `fold_stray` to the tables; `measure` looks at how large they are. */
async function applyFold(tx: Sql, measure: typeof analyzeFoldTables = async () => {}): Promise<void> {
  await countUnits(tx);
  await measure(tx, ["fold_unit", "fold_total"]);
  await addCells(tx);
  await addHistograms(tx);
  await readPasts(tx);
  await addCovariates(tx);
  await tx`
    insert into ab_fold as f (ab_test_id, version, folded_at, last_trace_at, started_at, stopped_at, phases)
    select t.id, 1, ${now()}, n.last_at, t.started_at, t.stopped_at, (select count(*) from ab_phase p where p.ab_test_id = t.id)
    from ab_test t left join (select ab_test_id, max(started_at) as last_at from fold_new group by ab_test_id) n on n.ab_test_id = t.id
    where t.id in (select ab_test_id from fold_unit union select ab_test_id from fold_stray)
    on conflict (ab_test_id) do update set version = f.version + 1, folded_at = excluded.folded_at,
      last_trace_at = greatest(f.last_trace_at, excluded.last_trace_at)`;
}

/**
 * Makes the cells of one test anew from its raw spans, scores and exposures, in one transaction: readers see the old
 * cells until the new ones are whole. Kept is what cannot be made again: which levels of a segment came first, and users' pasts.
 * Returns how many traces and units were counted.
 */
export async function rebuildTest(abTestId: string): Promise<{ traces: number; units: number }> {
  return sql().begin(async (transaction) => {
    const tx = transaction as unknown as Sql;
    await tx`set local statement_timeout = 0`;
    await tx`set local work_mem = '256MB'`;
    await lockFolds(tx);
    await makeFoldTables(tx);
    await tx`delete from ab_counted_trace where unit_no in (select no from ab_counted_unit where ab_test_id = ${abTestId})`;
    for (const table of ["ab_counted_unit", "ab_stray_trace", "ab_cell", "ab_histogram", "ab_covariate"])
      await tx`delete from ${tx(table)} where ab_test_id = ${abTestId}`;
    await tx`update ab_fold set version = version + 1 where ab_test_id = ${abTestId}`;
    await tx`
      insert into fold_trace
      select s.project_id, s.trace_id, min(s.start_time), max(s.start_time)
      from spans s join ab_test t on t.id = s.ab_test_id and t.project_id = s.project_id
      where s.ab_test_id = ${abTestId} and s.is_model_call group by s.project_id, s.trace_id`;
    await tx`
      insert into fold_mark (project_id, ab_test_id, unit_id)
      select project_id, ab_test_id, unit_id from ab_unit
      where ab_test_id = ${abTestId} and project_id = (select project_id from ab_test where id = ${abTestId})`;
    await analyzeFoldTables(tx, ["fold_trace", "fold_mark"]);
    await observeTraces(tx, { kind: "test", abTestId });
    await analyzeFoldTables(tx, ["fold_new"]);
    await observeContent(tx);
    await applyFold(tx, analyzeFoldTables);
    const [counts] = await tx<[{ traces: number; units: number }]>`
      select (select count(*) from fold_new) as traces, (select count(*) from fold_unit) as units`;
    return counts;
  });
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
