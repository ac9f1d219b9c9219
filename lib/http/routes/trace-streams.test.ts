import { createServer, get, type IncomingMessage, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import Papa from "papaparse";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { acceptSpans } from "#lib/ingest/accept-spans.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { spanOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import { countListeners, openMailbox, stopHearing } from "#lib/traces/store/hear-spans.ts";
import { authenticate, identifyRequest } from "../authenticate.ts";
import { jsonError } from "../respond.ts";
import { newRoutes } from "../route.ts";
import { traceStreamRoutes } from "./trace-streams.ts";

useDatabase();

const app = newRoutes();
app.use("*", identifyRequest, authenticate);
app.onError((error, c) => jsonError(error, c.var.requestId));
app.route("/", traceStreamRoutes);

let ctx: Context;
let authorization = "";
let server: Server;
let origin = "";
const opened: IncomingMessage[] = [];

beforeAll(async () => {
  ctx = (await makeProject()).ctx;
  authorization = (await makeApiKey(ctx)).authorization;
  server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
});

afterEach(async () => {
  for (const response of opened.splice(0)) response.destroy();
  await expect.poll(countListeners).toBe(0);
});

afterAll(async () => {
  await stopHearing();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

type Told = { event: string; data: string };

/** An event stream as it is read, over a real socket. */
async function follow(query = "", as = authorization) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${origin}/api/v1/traces/live${query}`, { headers: { authorization: as } }, resolve).on(
      "error",
      reject,
    );
  });
  opened.push(response);
  response.on("error", () => {});
  const told: Told[] = [];
  let rest = "";
  response.setEncoding("utf8").on("data", (text: string) => {
    rest += text;
    const blocks = rest.split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const [, event] = /^event: (.*)$/m.exec(block) ?? [];
      if (event) told.push({ event, data: /^data: (.*)$/m.exec(block)?.[1] ?? "" });
    }
  });
  const untilReady = () => expect.poll(() => told[0]?.event).toBe("ready");
  const names = () =>
    told
      .filter(({ event }) => event === "traces")
      .flatMap(({ data }) => (JSON.parse(data) as { name: string }[]).map(({ name }) => name));
  return { response, told, names, untilReady };
}

function send(name: string, attributes: Record<string, string> = {}, of = ctx, traceId = newTraceId()) {
  const nowMs = Date.now();
  const identity = { traceId, spanId: newSpanId(), parentSpanId: null, name, kind: "client" } as const;
  const raw = {
    resource: {},
    scope: { name: "t", version: null },
    attributes: { "gen_ai.operation.name": "chat", ...attributes },
    events: [],
    links: [],
    startTimeUnixNano: `${nowMs - 20}000000`,
    endTimeUnixNano: `${nowMs}000000`,
    statusCode: 0,
    statusMessage: null,
  };
  return acceptSpans(of, [spanOfRaw(identity, raw)]);
}

test("a trace is told of once its spans are acknowledged, if the filter matches it and the project is the reader's", async () => {
  const { ctx: stranger } = await makeProject();
  const all = await follow();
  const filtered = await follow("?userId=u1");
  await Promise.all([all.untilReady(), filtered.untilReady()]);
  await send("theirs", { "user.id": "u1" }, stranger);
  await send("other", { "user.id": "u2" });
  await send("mine", { "user.id": "u1" });
  await expect.poll(all.names).toEqual(expect.arrayContaining(["other", "mine"]));
  await expect.poll(filtered.names).toEqual(["mine"]);
  expect(all.names()).not.toContain("theirs");
});

test("twenty followers share one listening connection, and leave nothing behind", async () => {
  const followers = await Promise.all(Array.from({ length: 20 }, () => follow()));
  await Promise.all(followers.map((each) => each.untilReady()));
  expect(countListeners()).toBe(20);
  expect(await countListening()).toBe(1);
  await send("for all");
  for (const each of followers) await expect.poll(each.names).toEqual(["for all"]);
  for (const response of opened.splice(0)) response.destroy();
  await expect.poll(countListeners).toBe(0);
  await stopHearing();
  await expect.poll(countListening).toBe(0);
});

test("after its connection was cut it says what may have been missed, and goes on", async () => {
  const follower = await follow();
  await follower.untilReady();
  await sql()`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and datname = current_database()`;
  await expect.poll(() => follower.told.map(({ event }) => event), { timeout: 20_000 }).toContain("behind");
  await send("later");
  await expect.poll(follower.names).toContain("later");
});

test("a mailbox that nobody empties keeps a bounded number of ids, and says that there were more", async () => {
  const mailbox = openMailbox(ctx.projectId);
  await expect.poll(() => mailbox.isListening()).toBe(true);
  mailbox.take();
  for (let round = 0; round < 10; round++) {
    const traceIds = Array.from({ length: 100 }, newTraceId);
    const payload = JSON.stringify({ projectId: ctx.projectId, traceIds, isPartial: false });
    await sql()`select pg_notify('stemma_spans', ${payload})`;
  }
  await send("the last");
  await expect.poll(() => peekIsPartial()).toBe(true);
  mailbox.close();

  function peekIsPartial() {
    const taken = mailbox.take();
    expect(taken.traceIds.length).toBeLessThanOrEqual(500);
    return taken.isPartial;
  }
});

test("live: 401 without a key, 403 without the scope, 400 for a filter that can't be read", async () => {
  const { authorization: writer } = await makeApiKey(ctx, ["traces:write"]);
  for (const [headers, query, status] of [
    [{}, "", 401],
    [{ authorization: writer }, "", 403],
    [{ authorization }, "?score=helpful", 400],
  ] as const) {
    const response = await app.request(`/api/v1/traces/live${query}`, { headers });
    expect(response.status).toBe(status);
  }
});

test("the export streams every trace once, with whole texts, as JSON lines and as CSV", async () => {
  const { ctx: own } = await makeProject();
  const { authorization: as } = await makeApiKey(own);
  const question = `Why is "this", so long?\n${"x".repeat(2000)}`;
  for (let i = 0; i < 230; i++) {
    const content = JSON.stringify([{ role: "user", parts: [{ type: "text", content: question }] }]);
    await send(i === 0 ? '=cmd|"x"' : `n${i}`, { "gen_ai.input.messages": content }, own);
  }
  const lines = await exported("GET", "?model=", as);
  expect(lines.status).toBe(400);
  const json = await exported("GET", "", as);
  expect(json.headers.get("content-type")).toBe("application/jsonl");
  const rows = json.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; traceId: string; input: string });
  expect(new Set(rows.map((row) => row.traceId)).size).toBe(230);
  expect(rows[0]).toMatchObject({ name: "n229", input: question });

  const csv = await exported("GET", "?format=csv", as);
  expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(csv.text.endsWith("\r\n")).toBe(true);
  const parsed = Papa.parse<Record<string, string>>(csv.text.trimEnd(), { header: true });
  expect(parsed.errors).toEqual([]);
  expect(parsed.data).toHaveLength(230);
  expect(parsed.data.at(-1)).toMatchObject({ name: `'=cmd|"x"`, input: question, status: "ok" });

  const chosen = [rows[7]!.traceId, rows[3]!.traceId];
  const form = new URLSearchParams({ traceIds: chosen.join(","), format: "jsonl", include: "spans" });
  const some = await exported("POST", "", as, form);
  const spans = some.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(spans.map((trace) => trace.traceId).sort()).toEqual(chosen.sort());
  expect(spans[0].spans[0].raw.attributes).toHaveProperty("gen_ai.operation.name");
});

test("export: 403 without the scope, 400 for ids that are none; nothing found is a header alone", async () => {
  const { authorization: writer } = await makeApiKey(ctx, ["traces:write"]);
  expect((await exported("GET", "?format=csv", writer)).status).toBe(403);
  const bad = new URLSearchParams({ traceIds: "xyz" });
  expect((await exported("POST", "", authorization, bad)).status).toBe(400);
  const empty = await exported("GET", "?format=csv&userId=nobody", authorization);
  expect(empty.text).toMatch(/^traceId,startTime,[^\r\n]*,input,output\r\n$/);
});

async function exported(method: string, query: string, as: string, body?: URLSearchParams) {
  const response = await app.request(`/api/v1/traces/export${query}`, {
    method,
    headers: { authorization: as },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function countListening(): Promise<number> {
  const [row] = await sql()<{ count: number }[]>`
    select count(*) from pg_stat_activity where query like 'listen "stemma_spans"%' and datname = current_database()`;
  return row!.count;
}
