import type { Sql } from "#lib/db/postgres.ts";
import { mappingVersion } from "../conventions/dialects.ts";
import { spanOfRaw } from "../conventions/span-of-raw.ts";
import { linkSpan } from "../link-span.ts";
import { loadLinks } from "./links.ts";
import { isDistributed, lockSpans, rewriting } from "./lock-rows.ts";
import { rewriteSpans } from "./rewrite-spans.ts";
import { settleLeafCalls } from "./settle-leaf-calls.ts";
import { type PayloadRow, type SpanRow, selectSpan, toStored } from "./span-rows.ts";

const batchSize = 500;

/**
 * Derives the columns of spans that an older mapping wrote anew from what was sent, in every project; spans that
 * brought their own content (the gateway's) are left. Can be stopped and run again: each batch is one transaction,
 * and what it has written is of the new version. Returns how many spans were rewritten.
 */
export async function remapSpans(): Promise<number> {
  let remapped = 0;
  for (;;) {
    const count = await rewriting((tx) => remapBatch(tx));
    remapped += count;
    if (count === 0) return remapped;
  }
}

async function remapBatch(tx: Sql): Promise<number> {
  const rows = await tx<(SpanRow & PayloadRow)[]>`
    select ${selectSpan(tx)}, p.raw, p.content
    from spans s join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id
      and p.project_id = s.project_id and p.start_time = s.start_time
    where s.mapping_version < ${mappingVersion} and p.content is null
    order by s.project_id, s.start_time
    limit ${batchSize}
    ${lockSpans(tx, await isDistributed(tx))}`;
  const before = rows.map(toStored);
  const after = [];
  for (const stored of before) {
    const span = spanOfRaw(stored.span, stored.span.raw);
    const links = await loadLinks(stored.projectId, [span], tx);
    after.push(linkSpan(stored.projectId, { span, content: null }, links, stored.receivedAtUs));
  }
  await rewriteSpans(tx, before, after);
  await settleLeafCalls(tx, [...before, ...after]);
  return rows.length;
}
