import { expect, test, vi } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { spanOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import { parseRaw } from "#lib/traces/pack-raw.ts";
import type { RawSpan, SpanFacts } from "#lib/traces/span.ts";
import { findTrace } from "#lib/traces/store/find-trace.ts";
import { forgetLinks } from "#lib/traces/store/links.ts";
import { relinkSpans } from "#lib/traces/store/relink-spans.ts";
import { addSpanEvents } from "#lib/traces/store/span-events.ts";
import { acceptSpans } from "./accept-spans.ts";

useDatabase();

const nowNs = () => BigInt(Date.now()) * 1_000_000n;

type Given = {
  traceId?: string;
  spanId?: string;
  parentSpanId?: string | null;
  startNs?: bigint;
  endNs?: bigint | null;
  attributes?: JsonObject;
  raw?: Partial<RawSpan>;
};

function chatSpan(given: Given = {}): SpanFacts {
  const startNs = given.startNs ?? nowNs();
  const endNs = given.endNs === undefined ? startNs + 1_500_000_000n : given.endNs;
  return spanOfRaw(
    {
      traceId: given.traceId ?? newTraceId(),
      spanId: given.spanId ?? newSpanId(),
      parentSpanId: given.parentSpanId ?? null,
      name: "chat gpt-4o-mini",
      kind: "client",
    },
    {
      resource: { "service.name": "shop" },
      scope: { name: "test", version: null },
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 1000,
        ...given.attributes,
      },
      events: [],
      links: [],
      startTimeUnixNano: String(startNs),
      endTimeUnixNano: endNs === null ? null : String(endNs),
      statusCode: 0,
      statusMessage: null,
      ...given.raw,
    },
  );
}

async function storedSpans(ctx: Context) {
  return sql()<Record<string, unknown>[]>`
    select *, encode(span_id, 'hex') as span, tableoid::regclass::text as home from spans
    where project_id = ${ctx.projectId} order by start_time`;
}

test("a span is committed when accepted, with its columns, its price and its payload", async () => {
  const { ctx } = await makeProject();
  const span = chatSpan({ attributes: { "user.id": "u", "gen_ai.conversation.id": "c", tags: ["a", "b"] } });
  expect(await acceptSpans(ctx, [span])).toEqual({ accepted: 1, rejected: [] });
  const [row] = await storedSpans(ctx);
  expect(row).toMatchObject({
    operation: "chat",
    is_model_call: true,
    duration_us: 1_500_000,
    input_tokens: 1000,
    cached_input_tokens: null,
    cost_source: "computed",
    user_id: "u",
    session_id: "c",
    tags: ["a", "b"],
    service: "shop",
    status: "ok",
  });
  expect(row!.cost_usd).toBeCloseTo((0.15 + 0.6) / 1000, 10);
  const [payload] = await sql()<{ raw: Buffer; content: null }[]>`
    select raw, content from span_payloads where project_id = ${ctx.projectId}`;
  expect(parseRaw(payload!.raw)).toEqual(span.raw);
  expect(payload!.content).toBeNull();
});

test("a retried batch is stored once, also while both are on their way", async () => {
  const { ctx } = await makeProject();
  const spans = Array.from({ length: 50 }, () => chatSpan());
  await acceptSpans(ctx, spans);
  await Promise.all([
    acceptSpans(ctx, spans),
    acceptSpans(ctx, spans),
    acceptSpans(ctx, [...spans, chatSpan()]),
  ]);
  expect(await storedSpans(ctx)).toHaveLength(51);
  const payloads = await sql()`select 1 from span_payloads where project_id = ${ctx.projectId}`;
  expect(payloads).toHaveLength(51);
});

test("many requests at once, with spans in common, store each span once and lose none", async () => {
  const { ctx } = await makeProject();
  const spans = Array.from({ length: 300 }, () => chatSpan());
  const requests = Array.from({ length: 60 }, (_, i) => spans.slice((i * 5) % 280, ((i * 5) % 280) + 20));
  await Promise.all(requests.map((request) => acceptSpans(ctx, request)));
  await acceptSpans(ctx, spans);
  expect(new Set((await storedSpans(ctx)).map((row) => row.span)).size).toBe(300);
  expect(await storedSpans(ctx)).toHaveLength(300);
});

test("a span twice in one request is stored once", async () => {
  const { ctx } = await makeProject();
  const span = chatSpan();
  await acceptSpans(ctx, [span, span, chatSpan()]);
  expect(await storedSpans(ctx)).toHaveLength(2);
});

test("the same ids in another project are another span", async () => {
  const [one, two] = [await makeProject(), await makeProject()];
  const span = chatSpan();
  await acceptSpans(one.ctx, [span]);
  await acceptSpans(two.ctx, [span]);
  expect(await storedSpans(one.ctx)).toHaveLength(1);
  expect(await storedSpans(two.ctx)).toHaveLength(1);
});

test.each([
  ["in order", 0n, false],
  ["end first", 0n, true],
  ["with another start", 250_000_000n, false],
  ["with a start on the next day", 86_400_000_000_000n, false],
  ["with a start on the day before, end first", -86_400_000_000_000n, true],
])("a fuller version of a span completes the earlier one: %s", async (_, shiftNs, endFirst) => {
  const { ctx } = await makeProject();
  const ids = { traceId: newTraceId(), spanId: newSpanId() };
  const startNs = nowNs() - 100_000_000_000n;
  const begun = chatSpan({ ...ids, startNs, endNs: null, attributes: { "user.id": "ada", early: 1 } });
  const done = chatSpan({
    ...ids,
    startNs: startNs + shiftNs,
    endNs: startNs + shiftNs + 2_000_000_000n,
    attributes: { "gen_ai.response.model": "gpt-4o-mini-2024-07-18", late: 2 },
  });
  for (const span of endFirst ? [done, begun] : [begun, done]) await acceptSpans(ctx, [span]);
  const rows = await storedSpans(ctx);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    duration_us: 2_000_000,
    user_id: "ada",
    response_model: "gpt-4o-mini-2024-07-18",
    start_time: new Date(Number((startNs + shiftNs) / 1_000_000n)),
  });
  const { spans } = await findTrace(ctx, ids.traceId);
  expect(spans[0]!.raw.attributes).toMatchObject({ early: 1, late: 2 });
});

test("late and future spans get partitions of their own day, absurd ones lie in the default partition", async () => {
  const { ctx } = await makeProject();
  const dayNs = 86_400_000_000_000n;
  await acceptSpans(ctx, [
    chatSpan({ startNs: nowNs() - 40n * dayNs }),
    chatSpan({ startNs: nowNs() + 20n * dayNs }),
    chatSpan({ startNs: 1_000_000n }),
    chatSpan({ startNs: 2n ** 63n, endNs: 2n ** 63n + 1000n }),
  ]);
  const homes = (await storedSpans(ctx)).map((row) => String(row.home));
  expect(homes.filter((home) => /^spans_\d{8}$/.test(home))).toHaveLength(2);
  expect(homes.filter((home) => home === "spans_default")).toHaveLength(2);
});

test("ids too long for an index, NUL characters and lone surrogates do not fail their batch", async () => {
  const { ctx } = await makeProject();
  const odd = chatSpan({
    attributes: {
      "user.id": "é".repeat(100_000),
      "session.id": "a\0b",
      "gen_ai.prompt.name": "p\0q",
      odd: "\ud800",
    },
  });
  await acceptSpans(ctx, [odd, chatSpan()]);
  const rows = await storedSpans(ctx);
  expect(rows).toHaveLength(2);
  expect(rows.find((row) => row.span === odd.spanId)).toMatchObject({
    user_id: "é".repeat(500),
    session_id: "ab",
    prompt_name: "pq",
  });
});

test("a request whose row the database refuses fails alone", async () => {
  const { ctx } = await makeProject();
  const bad = { ...chatSpan(), mappingVersion: Number.NaN, parentSpanId: "zz" };
  const results = await Promise.allSettled([
    ...Array.from({ length: 5 }, () => acceptSpans(ctx, [chatSpan()])),
    acceptSpans(ctx, [bad]),
  ]);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  expect(await storedSpans(ctx)).toHaveLength(5);
});

test.each([
  ["parent first", [[0], [1], [2]]],
  ["leaf first", [[2], [1], [0]]],
  ["the middle last", [[0], [2], [1]]],
  ["leaf and parent in one batch", [[0, 2], [1]]],
  ["all in one batch", [[2, 1, 0]]],
])("only the leaf of nested model calls counts: %s", async (_, batches) => {
  const { ctx } = await makeProject();
  const traceId = newTraceId();
  const outer = chatSpan({ traceId });
  const middle = chatSpan({ traceId, parentSpanId: outer.spanId });
  const leaf = chatSpan({ traceId, parentSpanId: middle.spanId });
  const calls = [outer, middle, leaf];
  for (const batch of batches)
    await acceptSpans(
      ctx,
      batch.map((index) => calls[index]!),
    );
  const counted = (await storedSpans(ctx)).filter((row) => row.is_model_call).map((row) => row.span);
  expect(counted).toEqual([leaf.spanId]);
});

test("nested model calls that arrive at once, one a request, count their leaf alone", async () => {
  const { ctx } = await makeProject();
  const traces = Array.from({ length: 30 }, () => {
    const outer = chatSpan();
    return [outer, chatSpan({ traceId: outer.traceId, parentSpanId: outer.spanId })] as const;
  });
  await Promise.all(traces.flat().map((span) => acceptSpans(ctx, [span])));
  const counted = (await storedSpans(ctx)).filter((row) => row.is_model_call).map((row) => row.span);
  expect(counted.sort()).toEqual(traces.map(([, inner]) => inner.spanId).sort());
});

test("a span that turns out to be a model call when it ends unmarks its parent, and is marked itself", async () => {
  const { ctx } = await makeProject();
  const outer = chatSpan();
  const ids = { traceId: outer.traceId, spanId: newSpanId(), parentSpanId: outer.spanId };
  const begun = chatSpan({ ...ids, endNs: null, raw: { attributes: {} } });
  await acceptSpans(ctx, [outer, begun]);
  expect((await storedSpans(ctx)).map((row) => row.is_model_call).sort()).toEqual([false, true]);
  await acceptSpans(ctx, [chatSpan(ids)]);
  const counted = (await storedSpans(ctx)).filter((row) => row.is_model_call).map((row) => row.span);
  expect(counted).toEqual([ids.spanId]);
});

test.each([0, 1, 5, 40])(
  "an unfinished span and its end %i days on are one row, in either order",
  async (days) => {
    for (const endFirst of days > 1 ? [false] : [false, true]) {
      const { ctx } = await makeProject();
      const ids = { traceId: newTraceId(), spanId: newSpanId() };
      const startNs = nowNs() - BigInt(days) * 86_400_000_000_000n;
      const begun = chatSpan({ ...ids, startNs, endNs: null, attributes: { early: 1 } });
      const done = chatSpan({ ...ids, startNs: nowNs(), attributes: { late: 2 } });
      for (const span of endFirst ? [done, begun] : [begun, done]) await acceptSpans(ctx, [span]);
      const rows = await storedSpans(ctx);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ duration_us: 1_500_000 });
      expect(await sql()`select 1 from open_spans where project_id = ${ctx.projectId}`).toHaveLength(0);
    }
  },
);

test.each(["start first", "end first"])(
  "an end that came without its start is one span with it, days apart: %s",
  async (order) => {
    const { ctx } = await makeProject();
    const ids = { traceId: newTraceId(), spanId: newSpanId() };
    const startNs = nowNs() - 3n * 86_400_000_000_000n;
    const begun = chatSpan({ ...ids, startNs, endNs: null });
    const end = chatSpan({ ...ids, raw: { startTimeUnixNano: "0" } });
    for (const span of order === "end first" ? [end, begun] : [begun, end]) await acceptSpans(ctx, [span]);
    const rows = await storedSpans(ctx);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ start_time: new Date(Number(startNs / 1_000_000n)) });
    expect(Number(rows[0]!.duration_us)).toBeGreaterThan(2 * 86_400_000_000);
  },
);

test("versions with absurd starts, years apart, are one row of the default partition", async () => {
  const { ctx } = await makeProject();
  const ids = { traceId: newTraceId(), spanId: newSpanId() };
  for (const year of [2200n, 2300n, 2250n]) {
    await acceptSpans(ctx, [chatSpan({ ...ids, startNs: (year - 1970n) * 31_557_600_000_000_000n })]);
  }
  const rows = await storedSpans(ctx);
  expect(rows.map((row) => row.home)).toEqual(["spans_default"]);
});

test("a retried span whose start moved over midnight by a moment is one row", async () => {
  const { ctx } = await makeProject();
  const dayNs = 86_400_000_000_000n;
  const midnightNs = (nowNs() / dayNs) * dayNs;
  const ids = { traceId: newTraceId(), spanId: newSpanId() };
  await acceptSpans(ctx, [chatSpan({ ...ids, startNs: midnightNs - 1000n })]);
  await acceptSpans(ctx, [chatSpan({ ...ids, startNs: midnightNs + 1000n })]);
  await acceptSpans(ctx, [chatSpan({ ...ids, startNs: midnightNs - 2000n })]);
  expect(await storedSpans(ctx)).toHaveLength(1);
});

async function makePrompt(projectId: string, name: string, numbers: number[]) {
  const prompt = await prisma().prompt.create({
    data: { id: crypto.randomUUID(), projectId, name, type: "chat" },
  });
  const ids: string[] = [];
  for (const number of numbers) {
    const id = crypto.randomUUID();
    const digest = String(number).repeat(64).slice(0, 64);
    await prisma().promptVersion.create({
      data: {
        id,
        projectId,
        promptId: prompt.id,
        number,
        digest,
        content: {},
        authorId: "x",
        authorName: "x",
      },
    });
    ids.push(id);
  }
  return { promptId: prompt.id, ids };
}

test.each([
  ["2", 1],
  ["v1", 0],
  ["latest", 2],
  ["production", 1],
  ["sha256:1111111111", 0],
  ["no-such-label", null],
])("a prompt version named %s is linked", async (version, index) => {
  const { ctx, projectId } = await makeProject();
  const { promptId, ids } = await makePrompt(projectId, "greet", [1, 2, 3]);
  await prisma().promptLabel.create({
    data: { projectId, promptId, name: "production", versionId: ids[1]!, movedByName: "x" },
  });
  const attributes = { "gen_ai.prompt.name": "greet", "gen_ai.prompt.version": version };
  await acceptSpans(ctx, [chatSpan({ attributes })]);
  const [row] = await storedSpans(ctx);
  expect(row).toMatchObject({ prompt_name: "greet", prompt_version_text: version });
  expect(row!.prompt_version_id).toBe(index === null ? null : ids[index]);
});

test("a span of an A/B test is linked to test, variant, prompt version and model version, and to the user as unit", async () => {
  const { ctx, projectId } = await makeProject();
  const { ids } = await makePrompt(projectId, "greet", [1, 2]);
  const connection = await prisma().connection.create({
    data: { id: crypto.randomUUID(), projectId, name: "c", provider: "openai", baseUrl: "http://x/v1" },
  });
  const model = await prisma().model.create({ data: { id: crypto.randomUUID(), projectId, name: "mini" } });
  const modelVersion = await prisma().modelVersion.create({
    data: {
      id: crypto.randomUUID(),
      projectId,
      modelId: model.id,
      number: 1,
      connectionId: connection.id,
      providerModel: "gpt-4o-mini",
      createdBy: "x",
    },
  });
  const abTest = await prisma().abTest.create({
    data: {
      id: crypto.randomUUID(),
      projectId,
      key: "tone",
      name: "Tone",
      seed: "s",
      metrics: [],
      createdBy: "x",
      variants: {
        create: [
          {
            id: crypto.randomUUID(),
            projectId,
            key: "B",
            position: 1,
            promptVersionId: ids[1]!,
            modelVersionId: modelVersion.id,
            weight: 1,
          },
        ],
      },
    },
  });
  const attributes = { "stemma.ab_test.key": "tone", "stemma.ab_test.variant": "B", "user.id": "u7" };
  await acceptSpans(ctx, [chatSpan({ attributes })]);
  const [row] = await storedSpans(ctx);
  expect(row).toMatchObject({
    ab_test_id: abTest.id,
    variant_key: "B",
    unit_id: "u7",
    prompt_version_id: ids[1],
    prompt_name: "greet",
    prompt_version_text: "2",
    model_version_id: modelVersion.id,
  });
});

test("a link that could not be resolved is kept, and resolves once the prompt appears", async () => {
  const { ctx, projectId } = await makeProject();
  const attributes = { "gen_ai.prompt.name": "later", "gen_ai.prompt.version": "1" };
  await acceptSpans(ctx, [
    chatSpan({ attributes }),
    chatSpan({ attributes: { ...attributes, "gen_ai.prompt.version": "9" } }),
  ]);
  expect(await relinkSpans(ctx)).toEqual({ relinked: 0 });
  const { ids } = await makePrompt(projectId, "later", [1]);
  forgetLinks();
  expect(await relinkSpans(ctx)).toEqual({ relinked: 1 });
  const linked = (await storedSpans(ctx)).map((row) => row.prompt_version_id);
  expect(linked.filter(Boolean)).toEqual(ids);
});

test.each(["span first", "logs first", "at once"])("log records join their span: %s", async (order) => {
  const { ctx } = await makeProject();
  const span = chatSpan();
  const events: RawSpan["events"] = [
    { name: "gen_ai.user.message", timeUnixNano: "1", attributes: { body: { content: "Hi" } } },
    {
      name: "gen_ai.choice",
      timeUnixNano: "2",
      attributes: { body: { index: 0, finish_reason: "stop", message: { content: "Hello" } } },
    },
  ];
  const sendSpan = () => acceptSpans(ctx, [span]);
  const sendLogs = () =>
    addSpanEvents(ctx.projectId, [{ traceId: span.traceId, spanId: span.spanId, events }]);
  if (order === "span first") {
    await sendSpan();
    await sendLogs();
  } else if (order === "logs first") {
    await sendLogs();
    await sendSpan();
  } else await Promise.all([sendSpan(), sendLogs()]);
  const { spans } = await findTrace(ctx, span.traceId);
  expect(spans).toHaveLength(1);
  expect(spans[0]).toMatchObject({
    inputMessages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
    outputMessages: [{ role: "assistant", parts: [{ type: "text", text: "Hello" }], finishReason: "stop" }],
  });
  expect(await sql()`select 1 from pending_logs where project_id = ${ctx.projectId}`).toHaveLength(0);
});

test("log records in several requests, some of them retried, are joined once, whenever the span comes", async () => {
  const { ctx } = await makeProject();
  const span = chatSpan();
  const key = { traceId: span.traceId, spanId: span.spanId };
  const details = (time: string, attributes: JsonObject) => [
    { name: "gen_ai.client.inference.operation.details", timeUnixNano: time, attributes },
  ];
  const input = details("1", {
    "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "Hi" }] }],
  });
  const output = details("2", {
    "gen_ai.output.messages": [{ role: "assistant", parts: [{ type: "text", content: "Hello" }] }],
  });
  await addSpanEvents(ctx.projectId, [{ ...key, events: input }]);
  await addSpanEvents(ctx.projectId, [{ ...key, events: input }]);
  await acceptSpans(ctx, [span, chatSpan()]);
  await addSpanEvents(ctx.projectId, [{ ...key, events: output }]);
  await addSpanEvents(ctx.projectId, [{ ...key, events: output }]);
  await acceptSpans(ctx, [span]);
  const { spans } = await findTrace(ctx, span.traceId);
  expect(spans).toHaveLength(1);
  expect(spans[0]!.raw.events).toHaveLength(2);
  expect(spans[0]).toMatchObject({
    inputMessages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
    outputMessages: [{ role: "assistant", parts: [{ type: "text", text: "Hello" }] }],
  });
  expect(await sql()`select 1 from pending_logs where project_id = ${ctx.projectId}`).toHaveLength(0);
});

test("listeners of stemma_spans hear which traces have changed", async () => {
  const { ctx, projectId } = await makeProject();
  const heard: string[] = [];
  const subscription = await sql().listen("stemma_spans", (payload) => heard.push(payload));
  const span = chatSpan();
  await acceptSpans(ctx, [span]);
  await vi.waitFor(() =>
    expect(heard.map((payload) => JSON.parse(payload))).toContainEqual({
      projectId,
      traceIds: [span.traceId],
      isPartial: false,
    }),
  );
  await subscription.unlisten();
});
