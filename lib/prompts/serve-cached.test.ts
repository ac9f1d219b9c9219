import { afterEach, beforeEach, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { makeSql, type Sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { leaseMs } from "#lib/db/watch-changes.ts";
import { moveLabel, removeLabel } from "#lib/registry/move-label.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { revertVersion } from "./revert-version.ts";
import { saveVersion } from "./save-version.ts";
import { serveCached, stopServing } from "./serve-cached.ts";
import { contentOf } from "./testing-content.ts";
import { updatePrompt } from "./update-prompt.ts";

const database = useDatabase();

let ctx: Context;
/** Another process's connection: what it changes is told by the database alone. */
let elsewhere: Sql;

beforeEach(async () => {
  ({ ctx } = await makeProject());
  elsewhere = makeSql(database.url(), { max: 1 });
  await saveVersion(ctx, { name: "p", content: contentOf("one"), labels: ["production"] });
  await saveVersion(ctx, { name: "p", content: contentOf("two") });
  await untilCurrent();
});

afterEach(async () => {
  await elsewhere.end();
  await stopServing();
});

const fetched = async (selector: object = {}) => {
  const { body, etag } = await serveCached(ctx, { name: "p", ...selector });
  return {
    ...(JSON.parse(body) as { promptId: string; number: number; name: string; labels: string[] }),
    etag,
  };
};

/** The very same object twice: it came from memory. */
async function isFromMemory(selector: object = {}): Promise<boolean> {
  const first = await serveCached(ctx, { name: "p", ...selector });
  return first === (await serveCached(ctx, { name: "p", ...selector }));
}

async function untilCurrent() {
  await expect.poll(() => isFromMemory(), { timeout: 15_000, interval: 20 }).toBe(true);
}

async function moveElsewhere(db: Sql, to: number) {
  const { promptId } = await fetched({ version: to });
  await db`update prompt_label set version_id = (
      select id from prompt_version where prompt_id = ${promptId} and number = ${to})
    where prompt_id = ${promptId} and name = 'production'`;
}

test("what was fetched is answered from memory, by label, number and digest", async () => {
  const byLabel = await fetched();
  expect(byLabel.number).toBe(1);
  expect(await isFromMemory({ version: 2 })).toBe(true);
  expect(await fetched({ label: "latest" })).toMatchObject({ number: 2 });
  expect((await fetched()).etag).toBe(byLabel.etag);
});

test("each change made here is in the very next fetch", async () => {
  await moveLabel(ctx, { promptName: "p", label: "production", toVersion: 2, reason: "x" });
  expect(await fetched()).toMatchObject({ number: 2, labels: ["production"] });
  expect(await fetched({ version: 1 })).toMatchObject({ labels: [] });
  await fetched({ label: "latest" });
  await saveVersion(ctx, { name: "p", content: contentOf("three") });
  expect(await fetched({ label: "latest" })).toMatchObject({ number: 3 });
  await revertVersion(ctx, { name: "p", toNumber: 1 });
  expect(await fetched({ label: "latest" })).toMatchObject({ number: 4 });
  await updatePrompt(ctx, "p", { name: "renamed" });
  expect(await fetched()).toMatchObject({ name: "renamed" });
  await removeLabel(ctx, { promptName: "renamed", label: "production", reason: "x" });
  await expect(fetched()).rejects.toMatchObject({ code: "not_found" });
});

test("a label moved by another process is seen at once, and other prompts stay in memory", async () => {
  await saveVersion(ctx, { name: "other", content: contentOf("one"), labels: ["production"] });
  let to = 1;
  // Again if need be: the notice of the other prompt's own save may come in between.
  await expect
    .poll(async () => {
      const other = await serveCached(ctx, { name: "other" });
      to = 3 - to;
      await moveElsewhere(elsewhere, to);
      const startedMs = performance.now();
      await expect.poll(async () => (await fetched()).number, { timeout: 2_000, interval: 1 }).toBe(to);
      expect(performance.now() - startedMs).toBeLessThan(1_000);
      return (await serveCached(ctx, { name: "other" })) === other;
    })
    .toBe(true);
});

test("a prompt deleted, or its former name given to another, is not served from memory", async () => {
  await updatePrompt(ctx, "p", { name: "q" });
  expect(await fetched({ version: 1 })).toMatchObject({ name: "q" });
  await saveVersion(ctx, { name: "r", content: contentOf("of r") });
  await updatePrompt(ctx, "r", { name: "p" });
  await expect.poll(async () => (await fetched({ version: 1 })).name).toBe("p");
  await elsewhere`delete from prompt where project_id = ${ctx.projectId}`;
  await expect.poll(() => fetched({ version: 1 }).catch((error) => error.code)).toBe("not_found");
});

test("when the listening connection is cut, what it missed is not served from memory", async () => {
  await elsewhere.begin(async (tx) => {
    await tx`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%'`;
    await moveElsewhere(tx as unknown as Sql, 2);
  });
  await expect.poll(async () => (await fetched()).number, { timeout: leaseMs, interval: 5 }).toBe(2);
  await untilCurrent();
});

test("many fetches at once of what is not in memory read it once", async () => {
  await moveLabel(ctx, { promptName: "p", label: "production", toVersion: 2, reason: "x" });
  const served = await Promise.all(Array.from({ length: 50 }, () => serveCached(ctx, { name: "p" })));
  expect(new Set(served).size).toBe(1);
});

test("a change during a read is not covered by what was read", async () => {
  for (let round = 0; round < 20; round++) {
    const to = round % 2 === 0 ? 2 : 1;
    const reading = Promise.all([fetched(), fetched({ label: "latest" })]);
    await moveLabel(ctx, { promptName: "p", label: "production", toVersion: to, reason: "x" });
    expect((await fetched()).number).toBe(to);
    await reading;
    expect((await fetched()).number).toBe(to);
  }
});

test("another project's prompt of the same name is another, and a scope is needed", async () => {
  const { ctx: stranger } = await makeProject();
  await expect(serveCached(stranger, { name: "p" })).rejects.toMatchObject({ code: "not_found" });
  await expect(serveCached({ ...ctx, scopes: new Set() }, { name: "p" })).rejects.toMatchObject({
    code: "forbidden",
  });
  expect(await prisma().prompt.count({ where: { projectId: stranger.projectId } })).toBe(0);
});
