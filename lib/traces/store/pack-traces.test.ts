import { expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { type Sql, sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { spanOfRaw } from "../conventions/span-of-raw.ts";
import { linkSpan } from "../link-span.ts";
import { idAt } from "../packs/id-set.ts";
import { deleteTraces } from "./delete-traces.ts";
import { loadLinks } from "./links.ts";
import { listSessions } from "./list-actors.ts";
import { bitsOfGone, isGone, readPack } from "./pack-rows.ts";
import { mergeSome, packPending, packTraces } from "./pack-traces.ts";
import { readDocs } from "./read-docs.ts";
import { applyRetention } from "./retention.ts";
import { countMatching, searchTraces } from "./search-traces.ts";
import { writeSpans } from "./write-spans.ts";

useDatabase();

const dayMs = 86_400_000;

type Sent = {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  atMs: number;
  endMs: number | null;
  isError: boolean;
  user: string | null;
  words: string;
};

async function send(ctx: Context, sent: readonly Sent[]): Promise<void> {
  const links = await loadLinks(ctx.projectId, []);
  await writeSpans(
    sent.map(({ traceId, spanId, parentSpanId, atMs, endMs, isError, user, words }) => {
      const span = spanOfRaw(
        { traceId, spanId, parentSpanId, name: parentSpanId ? "chat" : "request", kind: "internal" },
        {
          resource: {},
          scope: { name: "t", version: null },
          attributes: {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": `model-${atMs % 3}`,
            "gen_ai.usage.input_tokens": atMs % 100,
            "gen_ai.output.messages": JSON.stringify([{ role: "assistant", content: words }]),
            ...(user ? { "user.id": user, "session.id": `of ${user}` } : {}),
          },
          events: [],
          links: [],
          startTimeUnixNano: `${atMs}000000`,
          endTimeUnixNano: endMs === null ? null : `${endMs}000000`,
          statusCode: isError ? 2 : 0,
          statusMessage: null,
        },
      );
      return linkSpan(ctx.projectId, { span, content: null }, links, Date.now() * 1000);
    }),
  );
}

/** What the packs hold of a project's traces that are neither gone nor pending, as docs are compared. */
async function readPacked(projectId: string) {
  const rows = await sql()<{ id: string; gone: Buffer; trace_count: number }[]>`
    select id, gone, trace_count from trace_packs where project_id = ${projectId}`;
  const packed = new Map<string, object>();
  for (const row of rows) {
    const { count, columns, terms } = await readPack(sql(), row.id);
    const gone = bitsOfGone(row.gone, row.trace_count);
    const termsOf = Array.from({ length: count }, () => [] as string[]);
    for (const [term, ordinals] of terms) for (const ordinal of ordinals) termsOf[ordinal]!.push(term);
    for (let i = 0; i < count; i++) {
      if (isGone(gone, i)) continue;
      const traceId = idAt(columns.ids, i);
      expect(packed.has(traceId)).toBe(false);
      const user = columns.userRefs[i]!;
      const session = columns.sessionRefs[i]!;
      packed.set(traceId, {
        startUs: columns.starts[i],
        durationUs: Number.isNaN(columns.durations[i]) ? null : columns.durations[i],
        costUsd: Number.isNaN(columns.costs[i]) ? null : columns.costs[i],
        inputTokens: columns.inputTokens[i],
        outputTokens: columns.outputTokens[i],
        hasError: columns.errors[i] === 1,
        userId: user === 0 ? null : columns.users.at(user - 1),
        sessionId: session === 0 ? null : columns.sessions.at(session - 1),
        signatures: columns.catalogue.sets[columns.sets[i]!]!.map((at) =>
          columns.catalogue.signatures[at]!.join(),
        ).sort(),
        terms: termsOf[i]!.sort(),
      });
    }
  }
  return packed;
}

async function readExpected(projectId: string) {
  const rows = await sql()<{ id: string }[]>`
    select distinct encode(uuid_send(trace_id), 'hex') as id from spans where project_id = ${projectId}`;
  const docs = await readDocs(
    projectId,
    rows.map((row) => row.id),
    null,
    true,
  );
  return new Map(
    docs.map(({ traceId, firstTokenMs: _, signatures, terms, ...doc }) => [
      traceId,
      {
        ...doc,
        inputTokens: doc.inputTokens ?? -1,
        outputTokens: doc.outputTokens ?? -1,
        signatures: signatures.map((signature) => signature.join()).sort(),
        terms: [...terms].sort(),
      },
    ]),
  );
}

async function packAll(projectId: string): Promise<void> {
  while (await packPending(projectId, 5));
  while (await mergeSome(projectId));
}

/** mulberry32. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

test.each([1, 2, 3, 4])(
  "after any order of writes, retries, completions and deletions the lists and the packs are what the spans say (%i)",
  async (seed) => {
    const { ctx, projectId } = await makeProject();
    const { ctx: stranger } = await makeProject();
    const random = randomFrom(seed);
    const now = Date.now();
    const sent: Sent[] = [];
    const pick = () => sent[random(sent.length)]!;
    const words = ["alpha", "beta", "gamma", "δέλτα", "数据", "έpsilon"];
    const newSpan = (traceId: string, parentSpanId: string | null, atMs: number): Sent => ({
      traceId,
      spanId: newSpanId(),
      parentSpanId,
      atMs,
      endMs: random(4) === 0 ? null : atMs + random(5000),
      isError: random(5) === 0,
      user: random(3) === 0 ? `u${random(4)}` : null,
      words: `${words[random(words.length)]} ${words[random(words.length)]} ${random(50)}`,
    });
    const steps: (() => Promise<unknown>)[] = [
      async () => {
        // A new trace, perhaps on either side of midnight, or late by days.
        const atMs = now - random(3) * dayMs - random(100_000);
        const root = newSpan(newTraceId(), null, atMs);
        const rows = [root, newSpan(root.traceId, root.spanId, atMs + random(1000))];
        sent.push(...rows);
        await send(ctx, rows);
      },
      async () => {
        const late = newSpan(pick().traceId, newSpanId(), pick().atMs);
        late.atMs = sent.find((span) => span.traceId === late.traceId)!.atMs + random(20_000_000);
        late.endMs = late.endMs && late.atMs + random(5000);
        sent.push(late);
        await send(ctx, [late]);
      },
      async () =>
        send(
          ctx,
          [pick(), pick()].filter((span, i, all) => all.indexOf(span) === i),
        ),
      async () => {
        const open = sent.find((span) => span.endMs === null);
        if (!open) return;
        open.endMs = open.atMs + 1 + random(9000);
        await send(ctx, [open]);
      },
      async () => deleteTraces(ctx, { traceIds: [pick().traceId] }),
      async () => deleteTraces(ctx, { userId: `u${random(4)}` }),
      async () => packPending(projectId, 1 + random(20)),
      async () => packPending(projectId, 1 + random(20)),
      async () => mergeSome(projectId),
    ];
    for (let i = 0; i < 6; i++) await steps[0]!();
    for (let i = 0; i < 60; i++) {
      await steps[random(steps.length)]!();
      if (i % 6 > 0) continue;
      const expected = await readExpected(projectId);
      const list = async (filter: Parameters<typeof countMatching>[1]) =>
        (await searchTraces(ctx, { filter, limit: 500 })).data.map((trace) => trace.traceId).sort();
      const where = (claim: (doc: typeof expected extends Map<string, infer Doc> ? Doc : never) => boolean) =>
        [...expected].flatMap(([traceId, doc]) => (claim(doc) ? traceId : [])).sort();
      expect(await list({})).toEqual([...expected.keys()].sort());
      expect(await list({ status: "ok" })).toEqual(where((doc) => !doc.hasError));
      expect(await list({ text: ["Δέλτα"] })).toEqual(where((doc) => doc.terms.includes("wδέλτα")));
      expect(await list({ userId: "u1" })).toEqual(where((doc) => doc.terms.includes("uu1")));
      expect(await countMatching(ctx, { has: ["user"] })).toBe(where((doc) => doc.userId !== null).length);
    }
    await packAll(projectId);
    expect(await readPacked(projectId)).toEqual(await readExpected(projectId));
    expect((await searchTraces(stranger, { filter: {} })).data).toEqual([]);
    expect(await countMatching(stranger, { text: ["alpha"] })).toBe(0);
  },
);

const request = (atMs: number, words: string, user: string): Sent => ({
  traceId: newTraceId(),
  spanId: newSpanId(),
  parentSpanId: null,
  atMs,
  endMs: atMs + 100,
  isError: false,
  user,
  words,
});

test("what a deleted person said is in no pack once the packer has run, and in no list before that", async () => {
  const { ctx, projectId } = await makeProject();
  const atMs = Date.now() - 60_000;
  await send(ctx, [request(atMs, "a secret kingfisher", "lea"), request(atMs + 1, "a plain sparrow", "tom")]);
  await packAll(projectId);
  expect(await countMatching(ctx, { text: ["kingfisher"] })).toBe(1);
  await deleteTraces(ctx, { userId: "lea" });
  expect(await countMatching(ctx, { text: ["kingfisher"] })).toBe(0);
  expect((await listSessions(ctx)).data.map(({ id }) => id)).toEqual(["of tom"]);
  await packAll(projectId);
  const packs = await sql()<{ id: string }[]>`select id from trace_packs where project_id = ${projectId}`;
  const held = await Promise.all(packs.map(({ id }) => readPack(sql(), id)));
  expect(held.flatMap(({ terms }) => [...terms.keys()]).sort()).toEqual(
    ["nrequest", "sof tom", "utom", "wa", "wplain", "wsparrow"].sort(),
  );
  expect(held.flatMap(({ columns }) => columns.users.bytes.toString().includes("lea"))).toEqual([false]);
});

test("retention takes what is packed too, and leaves what a trace still has", async () => {
  const { ctx, projectId } = await makeProject();
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const cutoff = today - 10 * dayMs;
  const straddling = request(cutoff - 1000, "begun before", "ada");
  await send(ctx, [
    request(cutoff - 5 * dayMs, "long gone", "ada"),
    straddling,
    {
      ...request(cutoff + 1000, "ended after", "ada"),
      traceId: straddling.traceId,
      parentSpanId: straddling.spanId,
    },
    request(today, "kept", "ada"),
  ]);
  await packAll(projectId);
  await prisma().project.update({ where: { id: projectId }, data: { retentionDays: 10 } });
  await applyRetention();
  for (const pack of [async () => {}, () => packAll(projectId)]) {
    await pack();
    expect(await countMatching(ctx, {})).toBe(2);
    expect(await countMatching(ctx, { text: ["gone"] })).toBe(0);
    expect(await countMatching(ctx, { text: ["begun"] })).toBe(0);
    expect(await countMatching(ctx, { text: ["ended"] })).toBe(1);
  }
  expect(await readPacked(projectId)).toEqual(await readExpected(projectId));
});

test("a packer that dies in the middle leaves everything as it was", async () => {
  const { ctx, projectId } = await makeProject();
  await send(ctx, [request(Date.now(), "once", "ada")]);
  const count = async (db: Sql) =>
    (
      await db<{ n: number }[]>`select count(*)::int as n from trace_packs where project_id = ${projectId}`
    )[0]!.n;
  await sql()`alter table trace_pack_terms add constraint broken check (false) not valid`;
  await expect(packPending(projectId)).rejects.toThrow();
  expect(await count(sql())).toBe(0);
  expect(await countMatching(ctx, { text: ["once"] })).toBe(1);
  await sql()`alter table trace_pack_terms drop constraint broken`;
  await packAll(projectId);
  expect(await count(sql())).toBe(1);
  expect(await countMatching(ctx, { text: ["once"] })).toBe(1);
});

test("two packers at once pack every trace once", async () => {
  const { ctx, projectId } = await makeProject();
  const atMs = Date.now() - 100_000;
  for (let i = 0; i < 20; i++) await send(ctx, [request(atMs + i, `word${i}`, `u${i}`)]);
  const isBusy = { value: true };
  const reading = (async () => {
    while (isBusy.value) expect(await countMatching(ctx, {})).toBe(20);
  })();
  for (let i = 0; i < 20; i++)
    await Promise.all([packPending(projectId, 2), packPending(projectId, 2), mergeSome(projectId)]);
  await packAll(projectId);
  isBusy.value = false;
  await reading;
  expect((await readPacked(projectId)).size).toBe(20);
  expect(await packTraces()).toBe(false);
});
