import { fork } from "node:child_process";
import { join } from "node:path";
import { makeSql, type Sql } from "#lib/db/postgres.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { mergeSome, packTraces } from "#lib/traces/store/pack-traces.ts";
import type { IngestLoad, IngestLoadResult } from "./ingest-load.ts";
import { startServerProcess } from "./running-server.ts";

export type StorageResult = {
  /** Tables, their indexes and what they hold out of line, after a vacuum. */
  bytesPerSpan: number;
  /** Of the OTLP JSON, uncompressed. */
  sentBytesPerSpan: number;
  ratio: number;
};

/** What a span takes on disk over what was sent: OTLP JSON in batches of 100 for `--seconds=N` (8 unless told). */
export async function run(options: string[]): Promise<StorageResult> {
  const seconds = Number(options.find((option) => option.startsWith("--seconds="))?.slice(10) ?? 8);
  const server = await startServerProcess({ isMachineOnly: true });
  const generator = fork(join(import.meta.dirname, "ingest-load.ts"));
  const client = makeSql(server.databaseUrl, { max: 1, statementTimeoutMs: 0 });
  try {
    const { ctx } = await makeProject();
    const { authorization } = await makeApiKey(ctx);
    const promptNames = ["support/answer", "support/triage"];
    for (const name of promptNames) {
      await saveVersion(ctx, {
        name,
        content: { type: "chat", messages: [{ role: "user", content: `${name}: {{question}}` }] },
      });
    }
    const load: IngestLoad = {
      encoding: "json",
      spansPerRequest: 100,
      connections: 16,
      seconds,
      seed: 1,
      abTest: null,
      promptNames,
      port: server.port,
      authorization,
    };
    const before = await sizes(client);
    const answered = new Promise<{ result: IngestLoadResult } | { error: string }>((resolve) =>
      generator.once("message", resolve),
    );
    generator.send(load);
    const answer = await answered;
    if ("error" in answer) throw new Error(answer.error);
    const { spans, bytesPerSpan: sentBytesPerSpan } = answer.result;
    while (await packTraces());
    while (await mergeSome(ctx.projectId));
    await client`vacuum`;
    const after = await sizes(client);
    let bytes = 0;
    for (const [part, size] of after) {
      const grown = size - (before.get(part) ?? 0);
      if (grown > spans / 10) console.error(`${(grown / spans).toFixed(1)} bytes a span: ${part}`);
      bytes += grown;
    }
    console.error(`${spans} spans`);
    return {
      bytesPerSpan: Math.round(bytes / spans),
      sentBytesPerSpan: Math.round(sentBytesPerSpan),
      ratio: Math.round((bytes / spans / sentBytesPerSpan) * 1000) / 1000,
    };
  } finally {
    await client.end({ timeout: 5 });
    generator.disconnect();
    await server.discard();
  }
}

/** Spans, and what the lists and free text are read from. */
const kept = "^(spans|span_payloads|open_spans|trace_|pending_)";

/** Bytes of every table and index that holds something of a span, whatever day it is of. */
async function sizes(client: Sql): Promise<Map<string, number>> {
  const rows = await client<{ part: string; bytes: number }[]>`
    select regexp_replace(c.relname, '_\\d{8}', '') as part, sum(pg_relation_size(c.oid))::bigint as bytes
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i')
      and c.relname ~ ${kept}
    group by 1
    union all
    select regexp_replace(c.relname, '_\\d{8}', '') || ' (out of line)', sum(pg_total_relation_size(c.reltoastrelid))::bigint
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.reltoastrelid <> 0
      and c.relname ~ ${kept}
    group by 1`;
  return new Map(rows.map(({ part, bytes }) => [part, Number(bytes)]));
}
