import { beforeAll, describe, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { spanOfRaw } from "../conventions/span-of-raw.ts";
import { linkSpan } from "../link-span.ts";
import type { TraceFilterDraft } from "../schema.ts";
import { deleteTrace, deleteTraces } from "./delete-traces.ts";
import { findSpan, findTrace, findTraceOutline } from "./find-trace.ts";
import { loadLinks } from "./links.ts";
import { listSessions, listUsers } from "./list-actors.ts";
import { listFacetValues } from "./list-facet-values.ts";
import { mergeSome, packTraces } from "./pack-traces.ts";
import { rankLatency } from "./rank-latency.ts";
import { applyRetention } from "./retention.ts";
import { countMatching, searchTraces } from "./search-traces.ts";
import { chartTraces } from "./trace-charts.ts";
import { writeSpans } from "./write-spans.ts";

useDatabase();

const baseMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;

type Given = {
  traceId: string;
  parentSpanId?: string;
  atMs: number;
  durationMs?: number;
  name?: string;
  isError?: boolean;
  attributes?: JsonObject;
};

async function write(ctx: Context, given: Given[]): Promise<string[]> {
  const links = await loadLinks(ctx.projectId, []);
  const spans = given.map(
    ({ traceId, parentSpanId, atMs, durationMs = 100, name = "chat", isError, attributes }) =>
      spanOfRaw(
        { traceId, spanId: newSpanId(), parentSpanId: parentSpanId ?? null, name, kind: "internal" },
        {
          resource: { "service.name": "shop", "deployment.environment.name": "staging" },
          scope: { name: "t", version: null },
          attributes: attributes ?? {},
          events: [],
          links: [],
          startTimeUnixNano: `${atMs}000000`,
          endTimeUnixNano: `${atMs + durationMs}000000`,
          statusCode: isError ? 2 : 0,
          statusMessage: isError ? "broken" : null,
        },
      ),
  );
  await writeSpans(
    spans.map((span) => linkSpan(ctx.projectId, { span, content: null }, links, Date.now() * 1000)),
  );
  return spans.map((span) => span.spanId);
}

/**
 * Ten traces a minute apart: a root with user and session, and under it a model call whose model, tokens, latency and
 * words differ. The third failed; the fourth names a prompt and a variant.
 */
async function writeTraces(ctx: Context): Promise<string[]> {
  const traceIds: string[] = [];
  for (let i = 0; i < 10; i++) {
    const traceId = newTraceId();
    traceIds.push(traceId);
    const atMs = baseMs + i * 60_000;
    const [root] = await write(ctx, [
      {
        traceId,
        atMs,
        durationMs: 1000 * (i + 1),
        name: "request",
        attributes: {
          "user.id": `u${i % 2}`,
          "session.id": `s${i % 5}`,
          tags: i === 7 ? ["beta", "vip"] : ["beta"],
        },
      },
    ]);
    await write(ctx, [
      {
        traceId,
        parentSpanId: root,
        atMs: atMs + 10,
        isError: i === 2,
        attributes: {
          "gen_ai.operation.name": "chat",
          "gen_ai.provider.name": "openai",
          "gen_ai.request.model": i < 5 ? "gpt-4o" : "gpt-4o-mini",
          "gen_ai.usage.input_tokens": 100 * i,
          "gen_ai.usage.output_tokens": 10,
          "gen_ai.input.messages": JSON.stringify([{ role: "user", content: `What is 100% of item ${i}?` }]),
          "gen_ai.output.messages": JSON.stringify([{ role: "assistant", content: `Answer ${i}` }]),
          ...(i === 3
            ? {
                "gen_ai.prompt.name": "greet",
                "gen_ai.prompt.version": "v2",
                "stemma.ab_test.key": "tone",
                "stemma.ab_test.variant": "B",
                "stemma.deployment": "support",
              }
            : {}),
        },
      },
    ]);
  }
  return traceIds;
}

let ctx: Context;
let traceIds: string[];
beforeAll(async () => {
  ctx = (await makeProject()).ctx;
  traceIds = await writeTraces(ctx);
  await sql()`insert into scores (project_id, id, name, data_type, numeric_value, label_value, trace_id, source) values
    (${ctx.projectId}, 'a', 'helpful', 'numeric', 0.9, null, ${traceIds[1]!}, 'api'),
    (${ctx.projectId}, 'b', 'helpful', 'numeric', 0.2, null, ${traceIds[2]!}, 'judge'),
    (${ctx.projectId}, 'c', 'tone', 'categorical', null, 'warm', ${traceIds[4]!}, 'evaluator')`;
});

const all = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];

const filters: [string, TraceFilterDraft, number[]][] = [
  ["nothing", {}, all],
  ["from", { from: new Date(baseMs + 7 * 60_000).toISOString() }, [9, 8, 7]],
  ["to", { to: new Date(baseMs + 2 * 60_000).toISOString() }, [1, 0]],
  ["status error", { status: "error" }, [2]],
  ["status ok", { status: "ok" }, all.filter((i) => i !== 2)],
  ["model", { model: "gpt-4o" }, [4, 3, 2, 1, 0]],
  ["provider", { provider: "openai" }, all],
  ["prompt", { promptName: "greet" }, [3]],
  ["prompt and version", { promptName: "greet", promptVersion: "2" }, [3]],
  ["another version", { promptName: "greet", promptVersion: "3" }, []],
  ["A/B test and variant", { abTest: "tone", variant: "B" }, [3]],
  ["another variant", { abTest: "tone", variant: "A" }, []],
  ["deployment", { deployment: "support" }, [3]],
  ["operation", { operation: "chat" }, all],
  ["name", { name: "request" }, all],
  ["user", { userId: "u1" }, [9, 7, 5, 3, 1]],
  ["session", { sessionId: "s2" }, [7, 2]],
  ["user on the root and model on its child", { userId: "u1", model: "gpt-4o" }, [3, 1]],
  ["tags", { tags: ["beta", "vip"] }, [7]],
  ["environment", { environment: "staging" }, all],
  ["another environment", { environment: "production" }, []],
  ["service", { service: "shop" }, all],
  ["latency of the root", { comparisons: [{ field: "latencyMs", operator: ">", value: 8000 }] }, [9, 8]],
  ["tokens", { comparisons: [{ field: "tokens", operator: ">=", value: 810 }] }, [9, 8]],
  ["cost", { comparisons: [{ field: "costUsd", operator: ">", value: 0.001 }] }, [4]],
  ["score", { scores: [{ name: "helpful", operator: ">=", value: 0.5 }] }, [1]],
  ["score label", { scores: [{ name: "tone", operator: "=", value: "warm" }] }, [4]],
  ["has feedback", { has: ["feedback"] }, [1]],
  ["has error", { has: ["error"] }, [2]],
  ["has prompt", { has: ["prompt"] }, [3]],
  ["text in the input", { text: ["100% of item 6"] }, [6]],
  ["text in the output, in any case", { text: ["ANSWER 5"] }, [5]],
  ["a wildcard is a character", { text: ["100_ of"] }, []],
  ["two texts", { text: ["answer", "item 4"] }, [4]],
  ["two words in a row", { text: ["what is"] }, all],
  ["two words that are not in a row", { text: ["what 100"] }, []],
  ["the beginning of a word", { text: ["answ*"] }, all],
  ["a phrase that ends in the beginning of a word", { text: ["100 of it*"] }, all],
  ["a word only whole", { text: ["answ"] }, []],
  ["time to first token of none", { comparisons: [{ field: "ttftMs", operator: ">", value: 0 }] }, []],
  [
    "user, tag, model and text together",
    { userId: "u1", tags: ["vip"], model: "gpt-4o-mini", text: ["7"] },
    [7],
  ],
  ["an error and its trace's user", { status: "error", userId: "u0" }, [2]],
];

const states: [string, () => Promise<void>][] = [
  ["pending", async () => {}],
  ["packed", async () => packAll()],
  [
    "half packed, half changed since",
    async () => {
      for (const i of [1, 3, 5, 7, 9]) {
        await write(ctx, [
          {
            traceId: traceIds[i]!,
            parentSpanId: newSpanId(),
            name: "late",
            atMs: baseMs + i * 60_000 + 20,
            durationMs: 1,
          },
        ]);
      }
    },
  ],
  [
    "packed anew and merged",
    async () => {
      await packAll();
      while (await mergeSome(ctx.projectId));
    },
  ],
];

async function packAll(): Promise<void> {
  while (await packTraces(3));
}

describe.each(states)("%s", (_, prepare) => {
  beforeAll(prepare);

  test.each(filters)("traces are found by %s", async (_, filter, expected) => {
    const { data } = await searchTraces(ctx, { filter });
    expect(data.map((trace) => traceIds.indexOf(trace.traceId))).toEqual(expected);
    expect(await countMatching(ctx, filter)).toBe(expected.length);
  });

  test.each([
    ["newest", all],
    ["oldest", all.toReversed()],
    ["slowest", all],
    ["most_tokens", all],
    ["costliest", [4, 3, 2, 1, 9, 8, 7, 0, 6, 5]],
  ] as const)("pages by key meet every trace once, %s first", async (sort, expected) => {
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof searchTraces>> = await searchTraces(ctx, {
        filter: {},
        sort,
        limit: 3,
        cursor,
      });
      seen.push(...page.data.map((trace) => traceIds.indexOf(trace.traceId)));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(expected);
  });

  test("values of a field are counted by trace", async () => {
    expect(await listFacetValues(ctx, { field: "model" })).toEqual([
      { value: "gpt-4o", traceCount: 5 },
      { value: "gpt-4o-mini", traceCount: 5 },
    ]);
    expect(await listFacetValues(ctx, { field: "userId", like: "U1" })).toEqual([
      { value: "u1", traceCount: 5 },
    ]);
    expect((await listFacetValues(ctx, { field: "tag" })).map(({ value }) => value)).toEqual(["beta", "vip"]);
    expect(await listFacetValues(ctx, { field: "promptName" })).toEqual([{ value: "greet", traceCount: 1 }]);
  });
  test("the charts count traces, errors, latency and cost per slice of time", async () => {
    const buckets = await chartTraces(ctx, {
      from: new Date(baseMs).toISOString(),
      to: new Date(baseMs + 600_000).toISOString(),
    });
    const sum = (values: (number | null)[]) =>
      values.reduce<number>((total, value) => total + (value ?? 0), 0);
    expect(sum(buckets.counts)).toBe(10);
    expect(sum(buckets.errors)).toBe(1);
    expect(Math.max(...buckets.p95LatencyMs.map((value) => value ?? 0))).toBe(10_000);
    const { data } = await searchTraces(ctx, { filter: {} });
    expect(sum(buckets.costUsd)).toBeCloseTo(sum(data.map((trace) => trace.costUsd)), 10);
  });

  test("sessions and users add up their traces, the last active first", async () => {
    const sessions = await listSessions(ctx, { limit: 3 });
    expect(sessions.data.map(({ id, traceCount }) => [id, traceCount])).toEqual([
      ["s4", 2],
      ["s3", 2],
      ["s2", 2],
    ]);
    const rest = await listSessions(ctx, { limit: 3, cursor: sessions.nextCursor });
    expect(rest.data.map(({ id }) => id)).toEqual(["s1", "s0"]);
    expect(rest.nextCursor).toBeNull();
    expect((await listUsers(ctx)).data.map(({ id, traceCount }) => [id, traceCount])).toEqual([
      ["u1", 5],
      ["u0", 5],
    ]);
  });
});

test("a label finds the traces of the version that it points at", async () => {
  const { ctx: own, projectId } = await makeProject();
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  const prompt = await prisma().prompt.create({
    data: { id: crypto.randomUUID(), projectId, name: "p", type: "chat" },
  });
  for (const [index, id] of ids.entries()) {
    await prisma().promptVersion.create({
      data: {
        id,
        projectId,
        promptId: prompt.id,
        number: index + 1,
        digest: `${index}`,
        content: {},
        authorId: "x",
        authorName: "x",
      },
    });
  }
  await prisma().promptLabel.create({
    data: { projectId, promptId: prompt.id, name: "production", versionId: ids[1]!, movedByName: "x" },
  });
  const links = await loadLinks(projectId, [{ prompt: { name: "p", version: "1" }, assignment: null }]);
  const traces = [newTraceId(), newTraceId()];
  await writeSpans(
    traces.map((traceId, index) => {
      const span = spanOfRaw(
        { traceId, spanId: newSpanId(), parentSpanId: null, name: "c", kind: "client" },
        {
          resource: {},
          scope: { name: "", version: null },
          attributes: { "gen_ai.prompt.name": "p", "gen_ai.prompt.version": String(index + 1) },
          events: [],
          links: [],
          startTimeUnixNano: `${Date.now()}000000`,
          endTimeUnixNano: null,
          statusCode: 0,
          statusMessage: null,
        },
      );
      return linkSpan(projectId, { span, content: null }, links, Date.now() * 1000);
    }),
  );
  const { data } = await searchTraces(own, { filter: { promptLabel: "production" } });
  expect(data.map((trace) => trace.traceId)).toEqual([traces[1]]);
  expect(data[0]!.durationUs).toBeNull();
});

test("a cursor that is none is refused, naming the field", async () => {
  await expect(searchTraces(ctx, { filter: {}, cursor: "x" })).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "cursor" }],
  });
});

test("a trace's summary adds up its leaf model calls and shows the conversation's ends", async () => {
  const { data } = await searchTraces(ctx, { filter: { promptName: "greet" } });
  expect(data[0]).toMatchObject({
    name: "request",
    durationUs: 4_000_000,
    status: "ok",
    spanCount: 3,
    modelCallCount: 1,
    model: "gpt-4o",
    inputTokens: 300,
    outputTokens: 10,
    promptName: "greet",
    promptVersion: "v2",
    abTestKey: "tone",
    variantKey: "B",
    userId: "u1",
    sessionId: "s3",
    tags: ["beta"],
    input: "What is 100% of item 3?",
    output: "Answer 3",
  });
  expect(data[0]!.costUsd).toBeCloseTo((300 * 2.5 + 10 * 10) / 1e6, 10);
});

test("one trace is read with its content and scores; another project's id is not found", async () => {
  const { spans, scores } = await findTrace(ctx, traceIds[1]!.toUpperCase());
  expect(spans.map((span) => span.name)).toEqual(["request", "chat", "late"]);
  expect(scores).toMatchObject([{ id: "a", name: "helpful", value: 0.9, source: "api" }]);
  expect((await findTraceOutline(ctx, traceIds[1]!)).spans).toHaveLength(3);
  expect(await findSpan(ctx, traceIds[1]!, spans[1]!.spanId)).toMatchObject({
    outputMessages: [{ role: "assistant", parts: [{ type: "text", text: "Answer 1" }] }],
  });
  const { ctx: stranger } = await makeProject();
  for (const read of [findTrace, findTraceOutline]) {
    await expect(read(stranger, traceIds[1]!)).rejects.toMatchObject({ code: "not_found" });
  }
  await expect(findSpan(stranger, traceIds[1]!, spans[1]!.spanId)).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(findTrace(ctx, "nonsense")).rejects.toMatchObject({ code: "not_found" });
  expect((await searchTraces(stranger, { filter: {} })).data).toEqual([]);
});

test("a trace's latency lies among those of its prompt version and variant, a week back", async () => {
  const { ctx: own } = await makeProject();
  const ids: string[] = [];
  for (let i = 0; i < 40; i++) {
    const traceId = newTraceId();
    ids.push(traceId);
    await write(own, [
      {
        traceId,
        atMs: baseMs + i,
        durationMs: 10 * (i + 1),
        // Every other is of another version, and much slower.
        ...(i % 2 === 0 ? {} : { durationMs: 100_000 }),
        attributes: { "gen_ai.prompt.name": "p", "gen_ai.prompt.version": i % 2 === 0 ? "1" : "2" },
      },
    ]);
  }
  expect(await rankLatency(own, ids[38]!)).toEqual({
    cohort: { promptName: "p", promptVersion: "1", abTest: null, variant: null },
    traceCount: 20,
    share: 1,
  });
  expect((await rankLatency(own, ids[0]!))!.share).toBeNull();
  await write(own, [{ traceId: ids[38]!, parentSpanId: newSpanId(), atMs: baseMs + 39, durationMs: 0 }]);
  await packAll();
  expect((await rankLatency(own, ids[38]!))!.traceCount).toBe(20);
  await expect(rankLatency(ctx, ids[38]!)).rejects.toMatchObject({ code: "not_found" });
});

test("a search whose statement is ended says what to do", async () => {
  const connection = await sql().reserve();
  try {
    await connection`begin`;
    await connection`lock table trace_packs in access exclusive mode`;
    const search = searchTraces(ctx, { filter: {} }).then(
      () => null,
      (error: unknown) => error,
    );
    // As PostgreSQL does by itself after 15 s.
    let canceled = 0;
    while (canceled === 0) {
      const rows = await connection`
        select pg_cancel_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%trace_packs%'`;
      canceled = rows.length;
    }
    expect(await search).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("Narrow the time range"),
    });
  } finally {
    await connection`rollback`;
    connection.release();
  }
});

test("deleting by trace, session and user leaves nothing of the traces, and only of those", async () => {
  const { ctx: own, projectId } = await makeProject();
  const ids = await writeTraces(own);
  const values = ids.map((traceId, i) => ({
    project_id: projectId,
    id: `${i}`,
    name: "n",
    data_type: "numeric",
    numeric_value: 1,
    trace_id: traceId,
    source: "api",
  }));
  await sql()`insert into scores ${sql()(values)}`;
  await deleteTrace(own, ids[0]!);
  await expect(deleteTrace(own, ids[0]!)).rejects.toMatchObject({ code: "not_found" });
  expect(await deleteTraces(own, { sessionId: "s1" })).toEqual({ deleted: 2 });
  expect(await deleteTraces(own, { userId: "u1" })).toEqual({ deleted: 4 });
  const left = [2, 4, 8].map((i) => ids[i]!);
  for (const table of ["spans", "span_payloads", "scores"]) {
    const rows = await sql()<{ id: string }[]>`
      select distinct replace(trace_id::text, '-', '') as id from ${sql()(table)} where project_id = ${projectId}`;
    expect(rows.map((row) => row.id).sort()).toEqual(left.sort());
  }
  const audited = await prisma().auditEvent.count({ where: { projectId, action: "traces.deleted" } });
  expect(audited).toBe(3);
});

test("a viewer can't delete traces", async () => {
  const { ctx: viewer } = await makeProject("viewer");
  await expect(deleteTraces(viewer, { userId: "u" })).rejects.toMatchObject({ code: "forbidden" });
});

test("retention deletes what a project keeps no longer, and drops the days that are empty", async () => {
  const { ctx: own, projectId } = await makeProject();
  const dayMs = 86_400_000;
  await write(own, [
    { traceId: newTraceId(), atMs: baseMs - 50 * dayMs },
    { traceId: newTraceId(), atMs: baseMs },
  ]);
  await prisma().project.update({ where: { id: projectId }, data: { retentionDays: 30 } });
  const { deletedSpans, droppedPartitions } = await applyRetention();
  expect(deletedSpans).toBe(1);
  expect(droppedPartitions).toBe(2);
  expect(await sql()`select 1 from spans where project_id = ${projectId}`).toHaveLength(1);
  // The day that was dropped takes late spans again.
  await write(own, [{ traceId: newTraceId(), atMs: baseMs - 50 * dayMs }]);
  expect(await sql()`select 1 from spans where project_id = ${projectId}`).toHaveLength(2);
});
