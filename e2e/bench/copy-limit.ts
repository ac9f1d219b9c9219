import { randomFillSync } from "node:crypto";
import { copyInto } from "#lib/db/copy.ts";
import { makeSql, type Sql } from "#lib/db/postgres.ts";
import { type PayloadRow, type SpanRow, selectSpan, toStored } from "#lib/traces/store/span-rows.ts";
import { encodeSpans, payloadColumns, spanColumns } from "#lib/traces/store/stored-span.ts";

const rowsPerBatch = 2000;
const connections = 2;
const batchesPerConnection = 4;

/**
 * What PostgreSQL can take at best: rows per second of plain COPY, in the binary format and already encoded, of
 * stored spans into the same partitioned and indexed tables. Two connections, one commit for each 2,000 spans. The
 * rows are some of those stored last, under new trace ids each time.
 */
export async function measureCopyLimit(databaseUrl: string, seconds: number): Promise<number> {
  const client = makeSql(databaseUrl, { max: connections, statementTimeoutMs: 0 });
  try {
    const batches: Batch[] = [];
    for (let page = 0; page < connections * batchesPerConnection; page++) {
      batches.push(await readBatch(client, page));
    }
    let rows = 0;
    const startedMs = performance.now();
    const endMs = startedMs + seconds * 1000;
    await Promise.all(
      Array.from({ length: connections }, async (_, connection) => {
        for (let round = 0; performance.now() < endMs; round++) {
          const batch = batches[connection * batchesPerConnection + (round % batchesPerConnection)]!;
          renew(batch);
          await client.begin(async (tx) => {
            await copyInto(tx as unknown as Sql, "spans", spanColumns, [batch.spans]);
            await copyInto(tx as unknown as Sql, "span_payloads", payloadColumns, [batch.payloads]);
          });
          rows += batch.spanIds.length;
        }
      }),
    );
    return rows / ((performance.now() - startedMs) / 1000);
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** Encoded rows, and where the trace id of each lies. */
type Batch = { spans: Buffer; payloads: Buffer; spanIds: number[]; payloadIds: number[] };

async function readBatch(client: Sql, page: number): Promise<Batch> {
  const rows = await client<(SpanRow & PayloadRow)[]>`
    select ${selectSpan(client)}, p.raw, p.content
    from spans s join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id
      and p.project_id = s.project_id and p.start_time = s.start_time
    where s.operation <> 'other'
    order by s.start_time desc limit ${rowsPerBatch} offset ${page * rowsPerBatch}`;
  const { spans, payloads } = encodeSpans(rows.map(toStored));
  return { spans, payloads, spanIds: traceIdsIn(spans), payloadIds: traceIdsIn(payloads) };
}

/** project_id and trace_id are the first two columns of both tables. */
function traceIdsIn(encoded: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at < encoded.length; ) {
    const columns = encoded.readInt16BE(at);
    found.push(at + 2 + 20 + 4);
    at += 2;
    for (let column = 0; column < columns; column++) at += 4 + Math.max(0, encoded.readInt32BE(at));
  }
  return found;
}

function renew({ spans, payloads, spanIds, payloadIds }: Batch): void {
  for (const [index, at] of spanIds.entries()) {
    randomFillSync(spans, at, 16);
    spans.copy(payloads, payloadIds[index]!, at, at + 16);
  }
}
