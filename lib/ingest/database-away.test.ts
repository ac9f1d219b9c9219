import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { expect, test } from "vitest";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { discardEmbedded, startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { closeSql, sql } from "#lib/db/postgres.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { setRuntime } from "#lib/env.ts";
import { otlpRoutes } from "#lib/http/routes/otlp.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";

const spansPerRequest = 10;

test("while the database is stopped under load only retryable answers are given; once it is back all is stored once", {
  timeout: 120_000,
}, async () => {
  const folder = join(await mkdtemp(join(tmpdir(), "stemma-away-")), "postgres");
  const server = createServer(getRequestListener(otlpRoutes.fetch));
  try {
    let database = await startEmbedded({ folder, password: "away" });
    const port = new URL(database.url).port;
    await migrate(database.url);
    setRuntime({ databaseUrl: database.url, secretHex: "5".repeat(64) });
    const { ctx } = await makeProject();
    const { authorization } = await makeApiKey(ctx, ["traces:write"]);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;

    const statuses = new Map<number, number>();
    const told = { retryAfter: true, stored: 0, refused: 0 };
    let isRunning = true;
    const send = async () => {
      while (isRunning) {
        const body = requestBody();
        for (let isStored = false; !isStored; ) {
          const headers = { authorization, "content-type": "application/json" };
          const response = await fetch(url, { method: "POST", headers, body });
          await response.arrayBuffer();
          statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
          isStored = response.status === 200;
          if (isStored) told.stored++;
          else {
            told.refused++;
            told.retryAfter &&= response.headers.has("retry-after");
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        }
      }
    };
    const senders = Array.from({ length: 8 }, send);
    for (let stops = 0; stops < 3; stops++) {
      await until(() => told.stored, 20);
      await database.stop();
      await until(() => told.refused, 20);
      database = await startEmbedded({ folder, password: "away", settings: { port } });
    }
    await until(() => told.stored, 20);
    isRunning = false;
    await Promise.all(senders);

    expect([...statuses.keys()].sort()).toEqual([200, 503]);
    expect(told.retryAfter).toBe(true);
    const [count] = await sql()`
      select count(*) as rows, count(distinct (trace_id, span_id)) as spans,
        (select count(*) from span_payloads) as payloads
      from spans where project_id = ${ctx.projectId}`;
    const sent = told.stored * spansPerRequest;
    expect(count).toEqual({ rows: sent, spans: sent, payloads: sent });
  } finally {
    server.closeAllConnections();
    server.close();
    await closeSql();
    await closePrisma();
    await discardEmbedded(folder);
    await rm(join(folder, ".."), { recursive: true, force: true });
  }
});

/** Resolves once the count has grown by so much. */
async function until(count: () => number, more: number): Promise<void> {
  const wanted = count() + more;
  while (count() < wanted) await new Promise((resolve) => setTimeout(resolve, 10));
}

function requestBody(): string {
  const traceId = newTraceId();
  const spans = Array.from({ length: spansPerRequest }, () => ({
    traceId,
    spanId: newSpanId(),
    name: "chat",
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 5}000000`,
    attributes: [{ key: "gen_ai.operation.name", value: { stringValue: "chat" } }],
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}
