import { expect, test, vi } from "vitest";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { acceptSpans } from "#lib/ingest/accept-spans.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { spanOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import { startRelinking } from "./relink-on-change.ts";
import { startWorker } from "./worker.ts";

useDatabase();

test("a span that named a prompt before it existed is linked by itself once it does", async () => {
  const { ctx } = await makeProject();
  const traceId = newTraceId();
  const nanos = String(BigInt(Date.now()) * 1_000_000n);
  const span = spanOfRaw(
    { traceId, spanId: newSpanId(), parentSpanId: null, name: "chat", kind: "client" },
    {
      resource: {},
      scope: { name: "test", version: null },
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.prompt.name": "late",
        "gen_ai.prompt.version": "1",
      },
      events: [],
      links: [],
      startTimeUnixNano: nanos,
      endTimeUnixNano: nanos,
      statusCode: 1,
      statusMessage: null,
    },
  );
  const worker = await startWorker();
  const relinking = startRelinking();
  try {
    await vi.waitUntil(() => relinking.isCurrent(), { timeout: 10_000 });
    await acceptSpans(ctx, [span]);
    const { version } = await saveVersion(ctx, { name: "late", content: { type: "text", text: "Hello" } });
    const linkOf = async () => {
      const [row] = await sql()`select prompt_version_id as id from spans where trace_id = ${traceId}`;
      return row!.id as string | null;
    };
    await vi.waitUntil(async () => (await linkOf()) !== null, { timeout: 20_000, interval: 200 });
    expect(await linkOf()).toBe(version.id);
  } finally {
    await relinking.stop();
    await worker.stop();
  }
});
