import type { Context } from "#lib/core/context.ts";
import { requireScope } from "#lib/core/context.ts";
import type { Sql } from "#lib/db/postgres.ts";
import { linkSpan } from "../link-span.ts";
import { announceSpans } from "./announce.ts";
import { loadLinks } from "./links.ts";
import { isDistributed, lockSpans, rewriting } from "./lock-rows.ts";
import { rewriteSpans } from "./rewrite-spans.ts";
import { type PayloadRow, type SpanRow, selectSpan, toStored } from "./span-rows.ts";
import type { StoredSpan } from "./stored-span.ts";

const batchSize = 500;

/**
 * Tries again to resolve the prompt versions and A/B tests that spans name and the catalogue did not have when
 * they came. Called when a prompt of the project has changed, every few minutes, and
 * when someone asks (`relinkSoon`). Needs `traces:write`.
 */
export async function relinkSpans(ctx: Context): Promise<{ relinked: number }> {
  requireScope(ctx, "traces:write");
  let relinked = 0;
  let after: Position = { start: "-infinity", traceId: "00000000-0000-0000-0000-000000000000", spanId: "" };
  for (;;) {
    const page = await rewriting((tx) => relinkPage(tx, ctx.projectId, after));
    announceSpans(page.changed);
    relinked += page.changed.length;
    if (!page.last) return { relinked };
    after = page.last;
  }
}

type Position = { start: string; traceId: string; spanId: string };

async function relinkPage(
  tx: Sql,
  projectId: string,
  after: Position,
): Promise<{ changed: StoredSpan[]; last: Position | null }> {
  const rows = await tx<(SpanRow & PayloadRow & { start_text: string })[]>`
    select ${selectSpan(tx)}, s.start_time::text as start_text, p.raw, p.content
    from spans s join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id
      and p.project_id = s.project_id and p.start_time = s.start_time
    where s.project_id = ${projectId}
      and ((s.prompt_name is not null and s.prompt_version_id is null)
        or (s.ab_test_key is not null and s.ab_test_id is null))
      and (s.start_time, s.trace_id, s.span_id)
        > (${after.start}::text::timestamptz, ${after.traceId}::uuid, decode(${after.spanId}, 'hex'))
    order by s.start_time, s.trace_id, s.span_id
    limit ${batchSize}
    ${lockSpans(tx, await isDistributed(tx))}`;
  const spans = rows.map(toStored);
  const links = await loadLinks(
    projectId,
    spans.map(({ span }) => span),
    tx,
  );
  const before: StoredSpan[] = [];
  const changed: StoredSpan[] = [];
  for (const [index, row] of rows.entries()) {
    const stored = spans[index]!;
    const linked = linkSpan(projectId, stored, links, stored.receivedAtUs);
    linked.isModelCall = stored.isModelCall;
    const isBetter =
      (linked.span.prompt?.versionId ?? null) !== row.prompt_version_id || linked.abTestId !== row.ab_test_id;
    if (!isBetter) continue;
    before.push(stored);
    changed.push(linked);
  }
  await rewriteSpans(tx, before, changed);
  const last = rows.length < batchSize ? undefined : rows.at(-1);
  return {
    changed,
    last: last ? { start: last.start_text, traceId: last.trace_id, spanId: last.span_id } : null,
  };
}
