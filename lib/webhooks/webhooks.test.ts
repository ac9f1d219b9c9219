import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { setClock } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { singleton } from "#lib/core/singleton.ts";
import { prisma } from "#lib/db/prisma.ts";
import { parseEnv } from "#lib/env.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { changeWebhook } from "./change-webhook.ts";
import { createWebhook } from "./create-webhook.ts";
import { deleteWebhook } from "./delete-webhook.ts";
import { deliver, failureLimit, retryAfterS } from "./deliver.ts";
import { publishEvent } from "./publish-event.ts";
import { listDeliveries, listWebhooks } from "./queries.ts";
import { redeliver } from "./redeliver.ts";
import { sendTest } from "./send-test.ts";
import { sweepDeliveries } from "./worker.ts";

useDatabase();

type Received = { path: string; headers: IncomingHttpHeaders; body: string };

/** A receiver on this machine that answers with `status`. */
const receiver: { server: Server | null; origin: string; status: number; received: Received[] } = {
  server: null,
  origin: "",
  status: 200,
  received: [],
};
let ctx: Context;

beforeAll(async () => {
  singleton("env", () => parseEnv({ NODE_ENV: "test" })).allowsInternalWebhooks = true;
  receiver.server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      receiver.received.push({ path: request.url ?? "", headers: request.headers, body });
      response.writeHead(receiver.status, { location: "http://169.254.169.254/" });
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => receiver.server!.listen(0, "127.0.0.1", resolve));
  receiver.origin = `http://127.0.0.1:${(receiver.server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => receiver.server!.close(resolve)));

beforeEach(async () => {
  ({ ctx } = await makeProject());
  receiver.status = 200;
  receiver.received = [];
});

const publish = (type: "ab_test.harm" | "ab_test.concluded", data = { abTest: { key: "tone" } }) =>
  prisma().$transaction((tx) => publishEvent(tx, { projectId: ctx.projectId, type, data }));

async function onlyDelivery() {
  const { data } = await listDeliveries(ctx);
  expect(data).toHaveLength(1);
  return data[0]!;
}

test("an event is posted once to who asked for it, with a signature that Standard Webhooks libraries verify", async () => {
  const { secret } = await createWebhook(ctx, { url: `${receiver.origin}/in`, events: ["ab_test.harm"] });
  await createWebhook(ctx, { url: `${receiver.origin}/other`, events: ["ab_test.concluded"] });
  await publish("ab_test.harm");
  const { id } = await onlyDelivery();
  await deliver(id);
  await deliver(id);
  expect(receiver.received).toHaveLength(1);
  const { path, headers, body } = receiver.received[0]!;
  expect(path).toBe("/in");
  expect(JSON.parse(body)).toMatchObject({ type: "ab_test.harm", data: { abTest: { key: "tone" } } });
  expect(headers["webhook-id"]).toBe(id);
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${id}.${headers["webhook-timestamp"]}.${body}`;
  expect(headers["webhook-signature"]).toBe(
    `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
  );
  expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
  expect(await onlyDelivery()).toMatchObject({ status: "delivered", attempts: 1, responseStatus: 200 });
});

test("what happened is told only if it was stored", async () => {
  await createWebhook(ctx, { url: receiver.origin, events: ["ab_test.harm"] });
  await expect(
    prisma().$transaction(async (tx) => {
      await publishEvent(tx, { projectId: ctx.projectId, type: "ab_test.harm", data: {} });
      throw new Error("the change failed");
    }),
  ).rejects.toThrow("the change failed");
  expect((await listDeliveries(ctx)).data).toEqual([]);
  const jobs = await prisma().$queryRaw<{ key: string }[]>`select key from graphile_worker.jobs`;
  const known = await prisma().webhookDelivery.findMany({ select: { id: true } });
  // Every job belongs to a delivery that was stored.
  for (const { key } of jobs) expect(known.map(({ id }) => `webhooks:deliver:${id}`)).toContain(key);
});

test("a failure is tried again, ever later, as the same message, until it is given up", async () => {
  await createWebhook(ctx, { url: receiver.origin, events: ["ab_test.harm"] });
  await publish("ab_test.harm");
  receiver.status = 500;
  const { id } = await onlyDelivery();
  let at = Date.now();
  const restore = setClock(() => at);
  try {
    for (const waitS of retryAfterS) {
      await deliver(id);
      const { status, nextAttemptAt, error } = await onlyDelivery();
      expect(status).toBe("pending");
      expect(error).toBe("It answered 500 instead of a 2xx.");
      expect(Date.parse(nextAttemptAt!) - at).toBe(1000 * waitS);
      at += 1000 * waitS;
    }
    await deliver(id);
  } finally {
    restore();
  }
  expect(await onlyDelivery()).toMatchObject({ status: "failed", attempts: 8, nextAttemptAt: null });
  expect(new Set(receiver.received.map((each) => each.headers["webhook-id"]))).toEqual(new Set([id]));
  receiver.status = 200;
  expect(await redeliver(ctx, id)).toMatchObject({ status: "pending", attempts: 0 });
  await deliver(id);
  expect((await onlyDelivery()).status).toBe("delivered");
  await expect(redeliver(ctx, id)).rejects.toMatchObject({ code: "conflict" });
});

test("after many failures in a row it switches itself off and says why; a success in between forgets them", async () => {
  const { webhook } = await createWebhook(ctx, { url: receiver.origin, events: ["ab_test.harm"] });
  receiver.status = 503;
  const fail = async () => {
    await publish("ab_test.harm");
    const [newest] = (await listDeliveries(ctx, { limit: 1 })).data;
    await deliver(newest!.id);
  };
  for (let i = 0; i < failureLimit - 1; i++) await fail();
  receiver.status = 200;
  await fail();
  receiver.status = 503;
  for (let i = 0; i < failureLimit - 1; i++) await fail();
  expect((await listWebhooks(ctx))[0]!.isEnabled).toBe(true);
  await fail();
  expect((await listWebhooks(ctx))[0]).toMatchObject({
    isEnabled: false,
    disabledReason: expect.stringContaining("24 attempts in a row failed; the last: It answered 503"),
  });
  const before = receiver.received.length;
  await publish("ab_test.harm");
  expect(receiver.received).toHaveLength(before);
  await changeWebhook(ctx, webhook.id, { isEnabled: true });
  expect((await listWebhooks(ctx))[0]).toMatchObject({ isEnabled: true, disabledReason: null });
});

test("410 Gone switches it off at once", async () => {
  await createWebhook(ctx, { url: receiver.origin, events: ["ab_test.harm"] });
  receiver.status = 410;
  await publish("ab_test.harm");
  await deliver((await onlyDelivery()).id);
  expect(await onlyDelivery()).toMatchObject({ status: "failed", attempts: 1 });
  expect((await listWebhooks(ctx))[0]).toMatchObject({ isEnabled: false });
});

test("a redirect is not followed", async () => {
  const { webhook } = await createWebhook(ctx, { url: receiver.origin, events: ["ab_test.harm"] });
  receiver.status = 302;
  const sent = await sendTest(ctx, webhook.id);
  expect(sent).toMatchObject({ status: "failed", responseStatus: 302 });
  expect(sent.error).toContain("redirects are not followed");
  expect(receiver.received).toHaveLength(1);
});

test("a test tells what is wrong, and counts as no failure", async () => {
  const { webhook } = await createWebhook(ctx, { url: "http://127.0.0.1:1/", events: ["ab_test.harm"] });
  expect(await sendTest(ctx, webhook.id)).toMatchObject({
    status: "failed",
    error: "Nothing listens at this address and port.",
  });
  const row = await prisma().webhook.findUniqueOrThrow({ where: { id: webhook.id } });
  expect(row.failuresInARow).toBe(0);
});

test("a metadata address is refused when it is given, and a name when it leads to one", async () => {
  for (const url of [
    "http://169.254.169.254/latest",
    "http://[fe80::1]/",
    "http://[::ffff:169.254.169.254]/",
  ])
    await expect(createWebhook(ctx, { url, events: ["ab_test.harm"] })).rejects.toMatchObject({
      code: "invalid_input",
      issues: [{ path: "url" }],
    });
  await expect(createWebhook(ctx, { url: "ftp://example.com", events: ["ab_test.harm"] })).rejects.toThrow();
});

test("a lost job is queued again, and old deliveries are forgotten", async () => {
  await createWebhook(ctx, { url: receiver.origin, events: ["ab_test.harm"] });
  await publish("ab_test.harm");
  const { id } = await onlyDelivery();
  await prisma().$executeRaw`delete from graphile_worker._private_jobs`;
  const jobOf = () =>
    prisma().$queryRaw<{ key: string }[]>`
      select key from graphile_worker.jobs where key = ${`webhooks:deliver:${id}`}`;
  expect(await jobOf()).toEqual([]);
  const restore = setClock(() => Date.now() + 10 * 60_000);
  await sweepDeliveries().finally(restore);
  expect(await jobOf()).toHaveLength(1);
  await prisma().webhookDelivery.update({
    where: { id },
    data: { createdAt: new Date(Date.now() - 31 * 86_400_000) },
  });
  await sweepDeliveries();
  expect((await listDeliveries(ctx)).data).toEqual([]);
});

test("only admins see and change webhooks, and another project's are not found", async () => {
  const { webhook } = await createWebhook(ctx, { url: receiver.origin, events: ["ab_test.harm"] });
  const editor: Context = { ...ctx, scopes: new Set(["read", "abtests:write"]) };
  await expect(listWebhooks(editor)).rejects.toMatchObject({ code: "forbidden" });
  const { ctx: stranger } = await makeProject();
  await expect(changeWebhook(stranger, webhook.id, { isEnabled: false })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(sendTest(stranger, webhook.id)).rejects.toMatchObject({ code: "not_found" });
  await expect(deleteWebhook(stranger, webhook.id)).rejects.toMatchObject({ code: "not_found" });
  await deleteWebhook(ctx, webhook.id);
  expect(await listWebhooks(ctx)).toEqual([]);
});
