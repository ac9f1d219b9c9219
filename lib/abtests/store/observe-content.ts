import type { Sql } from "#lib/db/postgres.ts";
import { promptContent, type ResponseFormat } from "#lib/prompts/schema.ts";
import { type PayloadRow, type SpanRow, selectSpan, toDetail } from "#lib/traces/store/span-rows.ts";
import { type MeasuredCall, measureCalls, measureFormat, measureRefusal } from "../custom-metric.ts";
import { parseMetric } from "../metrics.ts";
import { type Metrics, metricsSchema } from "../schema.ts";

const pageSize = 500;

/**
 * Adds to `fold_new.more` what can only be told from the calls' content: refusals, format validity and metrics of
 * one's own. Only of tests that have such a metric; the others' payloads are not read.
 */
export async function observeContent(tx: Sql): Promise<void> {
  const tests = await tx<{ id: string; metrics: unknown }[]>`
    select id, metrics from ab_test where id in (select ab_test_id from fold_new)`;
  for (const { id, metrics } of tests) {
    const measures = measuresOf(metricsSchema.parse(metrics));
    if (measures.length > 0) await observeTest(tx, id, measures, await readFormats(tx, id));
  }
}

type ContentMeasure = {
  name: string;
  of(calls: readonly MeasuredCall[], format: ResponseFormat): number | null;
};

function measuresOf(metrics: Metrics): ContentMeasure[] {
  const chosen = new Set(
    [...metrics.success, ...metrics.guardrails, ...metrics.exploratory].map(
      (choice) => parseMetric(choice.metric)?.measure,
    ),
  );
  return [
    { name: "refusal_rate", of: measureRefusal },
    { name: "format_validity", of: measureFormat },
    ...(metrics.custom ?? []).map((metric) => ({
      name: `custom:${metric.name}`,
      of: (calls: readonly MeasuredCall[]) => measureCalls(metric, calls),
    })),
  ].filter(({ name }) => [...chosen].some((measure) => measure === name));
}

async function observeTest(
  tx: Sql,
  abTestId: string,
  measures: ContentMeasure[],
  formats: ReadonlyMap<string, ResponseFormat>,
): Promise<void> {
  let after = { traceId: "00000000-0000-0000-0000-000000000000", unitId: "" };
  for (;;) {
    const rows = await tx<
      (SpanRow & PayloadRow & { page_trace: string; page_unit: string; variants: string })[]
    >`
      with page as (
        select trace_id, unit_id, started_at, last_at, variants from fold_new
        where ab_test_id = ${abTestId} and (trace_id, unit_id) > (${after.traceId}::uuid, ${after.unitId})
        order by trace_id, unit_id limit ${pageSize}
      )
      select n.trace_id as page_trace, n.unit_id as page_unit, n.variants, ${selectSpan(tx)}, p.raw, p.content
      from page n join spans s on s.trace_id = n.trace_id and s.ab_test_id = ${abTestId} and s.unit_id = n.unit_id
          and s.is_model_call and s.start_time >= n.started_at and s.start_time <= n.last_at
        join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id and p.project_id = s.project_id
          and p.start_time = s.start_time
      order by n.trace_id, n.unit_id, s.start_time, s.span_id`;
    if (rows.length === 0) return;
    const traces = [...Map.groupBy(rows, (row) => `${row.page_trace} ${row.page_unit}`).values()];
    const found = traces.map((own) => {
      const format = formats.get(own[0]!.variants.charAt(0)) ?? { type: "text" };
      const calls = own.map(toDetail);
      const values = measures.flatMap(({ name, of }) => {
        const value = of(calls, format);
        return value === null ? [] : [[name, Math.round(value * 1e9) / 1e9] as const];
      });
      return { trace: own[0]!.page_trace, unit: own[0]!.page_unit, more: Object.fromEntries(values) };
    });
    await tx`
      update fold_new n set more = coalesce(n.more, '{}') || f.more::jsonb
      from unnest(${found.map((each) => each.trace)}::uuid[], ${found.map((each) => each.unit)}::text[],
        ${found.map((each) => JSON.stringify(each.more))}::text[]) as f (trace_id, unit_id, more)
      where n.ab_test_id = ${abTestId} and n.trace_id = f.trace_id and n.unit_id = f.unit_id and f.more <> '{}'`;
    const last = found.at(-1)!;
    after = { traceId: last.trace, unitId: last.unit };
  }
}

/** What each variant's prompt asks its answer to be. */
async function readFormats(tx: Sql, abTestId: string): Promise<Map<string, ResponseFormat>> {
  const rows = await tx<{ key: string; content: unknown }[]>`
    select v.key, p.content from ab_variant v join prompt_version p on p.id = v.prompt_version_id
    where v.ab_test_id = ${abTestId}`;
  return new Map(
    rows.flatMap(({ key, content }) => {
      const parsed = promptContent.safeParse(content);
      return parsed.success ? [[key, parsed.data.responseFormat] as const] : [];
    }),
  );
}
