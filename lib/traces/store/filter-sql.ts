import type postgres from "postgres";
import type { Sql } from "#lib/db/postgres.ts";
import type { TraceFilter } from "../schema.ts";

type Fragment = postgres.Fragment;

/**
 * The conditions on a span (`alias` of `spans`) that make its trace match, for a `where`: always at least the
 * project's. Bounds on time come first, so that only the partitions in range are read.
 */
export function spanConditions(db: Sql, projectId: string, filter: TraceFilter, alias: "s" | "e"): Fragment {
  const s = db(alias);
  const all: Fragment[] = [db`${s}.project_id = ${projectId}`, ...timeConditions(db, filter, s)];
  const say = (column: string, value: string | undefined) => {
    if (value !== undefined) all.push(db`${s}.${db(column)} = ${storable(value)}`);
  };
  say("provider", filter.provider);
  say("prompt_name", filter.promptName);
  say("prompt_version_id", filter.promptVersionId);
  say("model_version_id", filter.modelVersionId);
  say("ab_test_key", filter.abTest);
  say("variant_key", filter.variant);
  say("deployment", filter.deployment);
  say("operation", filter.operation);
  say("name", filter.name);
  say("error_type", filter.errorType);
  say("environment", filter.environment);
  say("release", filter.release);
  say("service", filter.service);
  if (filter.model !== undefined) {
    const model = storable(filter.model);
    all.push(db`(${s}.request_model = ${model} or ${s}.response_model = ${model})`);
  }
  if (filter.promptVersion !== undefined) {
    const version = storable(filter.promptVersion);
    all.push(db`(${s}.prompt_version_text in (${version}, ${`v${version}`}) or ${s}.prompt_version_id in (
      select v.id from prompt_version v where v.project_id = ${projectId} and v.number::text = ${version}))`);
  }
  if (filter.promptLabel !== undefined) {
    all.push(db`${s}.prompt_version_id in (
      select l.version_id from prompt_label l where l.project_id = ${projectId} and l.name = ${storable(filter.promptLabel)})`);
  }
  for (const { field, operator, value } of filter.comparisons) {
    all.push(db`${measureOf(db, field, s)} ${db.unsafe(operator)} ${value}`);
    if (field !== "latencyMs") all.push(db`${s}.is_model_call`);
  }
  const hasSpanTerms = saysOfOneSpan(filter);
  if (filter.comparisons.some(({ field }) => field === "latencyMs") && !hasSpanTerms) {
    all.push(db`${s}.parent_span_id is null`);
  }
  all.push(...contextConditions(db, projectId, filter, s, hasSpanTerms));
  if (filter.status === "error" || filter.has.includes("error")) all.push(db`${s}.status = 'error'`);
  if (filter.status === "ok") {
    all.push(db`not exists (select 1 from spans x where x.trace_id = ${s}.trace_id and x.project_id = ${projectId}
      and x.status = 'error' and ${near(db, s)})`);
  }
  if (filter.has.includes("prompt")) all.push(db`${s}.prompt_name is not null`);
  all.push(...scoreConditions(db, projectId, filter, s));
  for (const text of filter.text) {
    const pattern = `%${storable(text).replace(/[\\%_]/g, "\\$&")}%`;
    all.push(db`exists (select 1 from span_payloads p where p.trace_id = ${s}.trace_id and p.span_id = ${s}.span_id
      and p.project_id = ${projectId} and p.start_time = ${s}.start_time
      and (p.raw ilike ${pattern} or p.content ilike ${pattern}))`);
  }
  return all.reduce((left, right) => db`${left} and ${right}`);
}

/** Whether the filter says anything that must hold of one and the same span. */
function saysOfOneSpan(filter: TraceFilter): boolean {
  const { model, provider, promptName, promptVersion, promptLabel, promptVersionId, modelVersionId } = filter;
  const { abTest, variant, deployment, operation, name, errorType, status, comparisons, has, text } = filter;
  return (
    [model, provider, promptName, promptVersion, promptLabel, promptVersionId, modelVersionId].some(
      Boolean,
    ) ||
    [abTest, variant, deployment, operation, name, errorType].some(Boolean) ||
    status === "error" ||
    has.includes("error") ||
    has.includes("prompt") ||
    text.length > 0 ||
    comparisons.some(({ field }) => field !== "latencyMs")
  );
}

/**
 * User, session and tags, which some emitters put on the root span alone. With nothing else said they are looked
 * for directly, by their index; else on any span of the trace.
 */
function contextConditions(
  db: Sql,
  projectId: string,
  filter: TraceFilter,
  s: postgres.Helper<string>,
  hasSpanTerms: boolean,
): Fragment[] {
  const conditions = (alias: postgres.Helper<string>): Fragment[] => [
    ...(filter.userId === undefined ? [] : [db`${alias}.user_id = ${storable(filter.userId)}`]),
    ...(filter.sessionId === undefined ? [] : [db`${alias}.session_id = ${storable(filter.sessionId)}`]),
    ...(filter.tags.length === 0 ? [] : [db`${alias}.tags @> ${filter.tags.map(storable)}::text[]`]),
    ...(filter.has.includes("user") ? [db`${alias}.user_id is not null`] : []),
    ...(filter.has.includes("session") ? [db`${alias}.session_id is not null`] : []),
  ];
  if (!hasSpanTerms) return conditions(s);
  const x = db("x");
  return conditions(x).map(
    (condition) => db`${s}.trace_id in (select x.trace_id from spans x where x.project_id = ${projectId}
      and ${timeConditions(db, filter, x).reduce((left, right) => db`${left} and ${right}`, db`true`)} and ${condition})`,
  );
}

/** A score of the trace, of any of its spans, or of its session. */
function scoreConditions(
  db: Sql,
  projectId: string,
  filter: TraceFilter,
  s: postgres.Helper<string>,
): Fragment[] {
  const about = db`c.project_id = ${projectId} and (c.trace_id = ${s}.trace_id
    or (c.trace_id is null and c.session_id = ${s}.session_id))`;
  const conditions = filter.scores.map(({ name, operator, value }) => {
    const compared =
      typeof value === "string"
        ? db`c.label_value = ${storable(value)}`
        : db`c.numeric_value ${db.unsafe(operator)} ${Number(value)}`;
    return db`exists (select 1 from scores c where ${about} and c.name = ${storable(name)} and ${compared})`;
  });
  if (filter.has.includes("feedback")) {
    conditions.push(db`exists (select 1 from scores c where ${about} and c.source in ('person', 'api'))`);
  }
  return conditions;
}

function timeConditions(db: Sql, filter: TraceFilter, s: postgres.Helper<string>): Fragment[] {
  return [
    ...(filter.from === undefined ? [] : [db`${s}.start_time >= ${filter.from}::text::timestamptz`]),
    ...(filter.to === undefined ? [] : [db`${s}.start_time < ${filter.to}::text::timestamptz`]),
  ];
}

/** Spans of one trace start within a day of each other: without it every partition would be looked into. */
function near(db: Sql, s: postgres.Helper<string>): Fragment {
  return db`x.start_time between ${s}.start_time - interval '1 day' and ${s}.start_time + interval '1 day'`;
}

function measureOf(db: Sql, field: TraceFilter["comparisons"][number]["field"], s: postgres.Helper<string>) {
  if (field === "latencyMs") return db`${s}.duration_us / 1000.0`;
  if (field === "ttftMs") return db`${s}.ttft_ms`;
  if (field === "costUsd") return db`${s}.cost_usd`;
  return db`(coalesce(${s}.input_tokens, 0) + coalesce(${s}.output_tokens, 0))`;
}

function storable(text: string): string {
  return text.replaceAll("\0", "");
}
