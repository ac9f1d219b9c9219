import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterEach, expect, test } from "vitest";
import { setRuntime } from "#lib/env.ts";
import { completeChat } from "./complete.ts";
import { isProviderError, type ProviderError, readRetryAfter } from "./provider-error.ts";
import { rehearsalApp } from "./rehearsal/app.ts";
import { withRetries } from "./retry.ts";
import { type ChatEvent, streamChat } from "./stream.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function provider(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: "sk-test", provider: "vllm" };
}

async function rehearsal() {
  const host = new Hono().route("/rehearsal", rehearsalApp);
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: host.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started));
  });
  closers.push(() => server.close());
  setRuntime({ port: (server.address() as AddressInfo).port });
  return { baseUrl: "/rehearsal/v1", apiKey: null, provider: "rehearsal" };
}

const request = {
  model: "rehearsal-large@500x",
  messages: [{ role: "user", content: "What is the capital of Norway?" }],
  temperature: 0,
};

test("a whole answer and a streamed one say the same", async () => {
  const connection = await rehearsal();
  const whole = await completeChat(connection, request);
  const events: ChatEvent[] = [];
  for await (const event of streamChat(connection, request)) events.push(event);
  const last = events.at(-1)!;
  expect(whole.message.content).toBe("The capital of Norway is Oslo.");
  expect(whole.timeToFirstTokenMs).toBeNull();
  expect(events.map((event) => (event.type === "text" ? event.text : "")).join("")).toBe(
    whole.message.content,
  );
  expect(last.type === "done" && last.result).toMatchObject({
    message: whole.message,
    finishReason: "stop",
    usage: whole.usage,
    model: "rehearsal-large",
  });
  expect(last.type === "done" && last.result.timeToFirstTokenMs).toBeGreaterThan(0);
});

test("the key goes to its provider, and none goes where there is none", async () => {
  const seen: (string | undefined)[] = [];
  const connection = await provider((incoming, response) => {
    seen.push(incoming.headers.authorization);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [{ message: { role: "assistant", content: "hi" } }] }));
  });
  const { usage } = await completeChat(connection, request);
  await completeChat({ ...connection, apiKey: null }, request);
  expect(seen).toEqual(["Bearer sk-test", undefined]);
  expect(usage.inputTokens).toBeNull();
});

test("a refusal is kept as it was sent, and is not retried", async () => {
  let calls = 0;
  const connection = await provider((_, response) => {
    calls++;
    response.writeHead(429, { "retry-after": "7", "content-type": "application/json" });
    response.end('{"detail": "slow down"}');
  });
  const error: ProviderError = await completeChat(connection, request).catch((caught) => caught);
  expect(isProviderError(error)).toBe(true);
  expect(error).toMatchObject({ status: 429, retryAfterS: 7, body: '{"detail": "slow down"}' });
  expect(calls).toBe(1);
});

test("an answer that is no chat completion, and a server that is not there, are provider errors", async () => {
  const connection = await provider((_, response) => response.end("<html>"));
  expect(await completeChat(connection, request).catch((caught) => caught)).toMatchObject({
    status: 200,
    body: "<html>",
  });
  const nowhere = { ...connection, baseUrl: "http://127.0.0.1:9/v1" };
  expect(await completeChat(nowhere, request).catch((caught) => caught)).toMatchObject({
    name: "ProviderError",
    status: null,
  });
});

test("an answer that breaks off is a provider error, which can be tried again", async () => {
  const connection = await provider((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
    response.write('{"choices": [');
    setTimeout(() => response.destroy(), 20);
  });
  expect(await completeChat(connection, request).catch((caught) => caught)).toMatchObject({
    name: "ProviderError",
    status: null,
  });
});

test("an aborted call throws the signal's reason", async () => {
  const connection = await provider(() => {});
  const signal = AbortSignal.timeout(50);
  await expect(completeChat(connection, request, { signal })).rejects.toMatchObject({ name: "TimeoutError" });
});

test("what can pass is tried again, with the wait that the provider asks for; what cannot is not", async () => {
  const statuses = [429, 500, 200];
  const waits: number[] = [];
  const connection = await provider((_, response) => {
    response.writeHead(statuses.shift()!, { "retry-after-ms": "20", "content-type": "application/json" });
    response.end(JSON.stringify({ choices: [{ message: { content: "hi" } }] }));
  });
  const onRetry = (_: ProviderError, __: number, waitS: number) => waits.push(waitS);
  const { message } = await withRetries(() => completeChat(connection, request), { onRetry });
  expect(message.content).toBe("hi");
  expect(waits).toEqual([0.02, 0.02]);

  statuses.push(400, 200);
  await expect(withRetries(() => completeChat(connection, request))).rejects.toMatchObject({ status: 400 });
  expect(statuses).toEqual([200]);
});

test("a provider that asks for too long a wait, or never recovers, is given up", async () => {
  const connection = await provider((_, response) => response.writeHead(503, { "retry-after": "600" }).end());
  await expect(withRetries(() => completeChat(connection, request))).rejects.toMatchObject({ status: 503 });
  let calls = 0;
  const stubborn = await provider((_, response) => {
    calls++;
    response.writeHead(503, { "retry-after-ms": "1" }).end();
  });
  await expect(withRetries(() => completeChat(stubborn, request), { attempts: 3 })).rejects.toMatchObject({
    status: 503,
  });
  expect(calls).toBe(3);
});

test.each([
  [{ "retry-after-ms": "1500", "retry-after": "9" }, 1.5],
  [{ "retry-after": "3" }, 3],
  [{ "retry-after": "Wed, 21 Oct 2026 07:28:10 GMT" }, 10],
  [{}, null],
  [{ "retry-after": "soon" }, null],
])("Retry-After %j", (headers, seconds) => {
  expect(
    readRetryAfter(new Headers(headers as Record<string, string>), Date.parse("2026-10-21T07:28:00Z")),
  ).toBe(seconds);
});
