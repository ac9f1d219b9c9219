import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { draftInput } from "#lib/abtests/abtest.fixture.ts";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import { startAbTest } from "#lib/abtests/start-ab-test.ts";
import type { Context } from "#lib/core/context.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { api } from "#lib/http/api.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import type { PlaceholderValues } from "#lib/prompts/schema.ts";
import { stopServing } from "#lib/prompts/serve-cached.ts";
import { contentOf } from "#lib/prompts/testing-content.ts";
import { moveLabel } from "#lib/registry/move-label.ts";
import { listScores } from "#lib/scores/queries.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { compile } from "./compile.ts";
import { StemmaError } from "./errors.ts";
import { spanAttributes } from "./span-attributes.ts";
import { Stemma } from "./stemma.ts";

useDatabase();

let server: Server;
let baseUrl: string;
/** What the server was asked, and how it answers instead of itself. */
let asked: string[] = [];
let failure: number | "hang up" | null = null;

let ctx: Context;
let key: string;
let errors: StemmaError[];
let stemma: Stemma;

beforeAll(async () => {
  const answer = getRequestListener(api.fetch, { overrideGlobalObjects: false });
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}${request.headers["if-none-match"] ? " if-none-match" : ""}`);
    if (failure === "hang up") request.socket.destroy();
    else if (failure !== null) response.writeHead(failure, { "retry-after": "0" }).end("not JSON");
    else void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await stopServing();
});

beforeEach(async () => {
  ({ ctx } = await makeProject());
  ({ secretKey: key } = await makeApiKey(ctx));
  asked = [];
  failure = null;
  errors = [];
  stemma = new Stemma({ baseUrl, key, retries: 0, onError: (error) => errors.push(error) });
  await saveVersion(ctx, { name: "a/p q", content: contentOf("Hello {{name}}"), labels: ["production"] });
  await saveVersion(ctx, { name: "a/p q", content: contentOf("Bye {{name}}") });
});

const move = (toVersion: number) =>
  moveLabel(ctx, { promptName: "a/p q", label: "production", toVersion, reason: "x" });

test("a prompt is fetched by label, version, digest and id", async () => {
  const production = await stemma.prompts.get("a/p q");
  expect(production).toMatchObject({ name: "a/p q", number: 1, labels: ["production"], isFallback: false });
  expect(await stemma.prompts.get("a/p q", { version: 1 })).toEqual(production);
  expect(await stemma.prompts.get("a/p q", { digest: production.digest! })).toEqual(production);
  expect(await stemma.prompts.getById(production.id!)).toEqual(production);
  expect((await stemma.prompts.get("a/p q", { label: "latest" })).number).toBe(2);
});

test("fifty that want it at once are one request, and while it is fresh there is no other", async () => {
  const got = await Promise.all(Array.from({ length: 50 }, () => stemma.prompts.get("a/p q")));
  expect(new Set(got).size).toBe(1);
  await stemma.prompts.get("a/p q");
  expect(asked).toHaveLength(1);
});

test("what is stale is answered at once and refreshed behind, with If-None-Match", async () => {
  const first = await stemma.prompts.get("a/p q", { ttlMs: 1 });
  await move(2);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await stemma.prompts.get("a/p q", { ttlMs: 1 })).toBe(first);
  await expect.poll(async () => (await stemma.prompts.get("a/p q", { ttlMs: 1 })).number).toBe(2);
  expect(asked[1]).toMatch(/if-none-match$/);
});

test("with ttlMs 0 the server is asked each time, and 304 keeps the object", async () => {
  const first = await stemma.prompts.get("a/p q", { ttlMs: 0 });
  expect(await stemma.prompts.get("a/p q", { ttlMs: 0 })).toBe(first);
  await move(2);
  expect((await stemma.prompts.get("a/p q", { ttlMs: 0 })).number).toBe(2);
  expect(asked).toHaveLength(3);
});

test("with the server away what is held stays in use, and it is not asked again at once", async () => {
  const first = await stemma.prompts.get("a/p q", { ttlMs: 1 });
  failure = 503;
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (let call = 0; call < 20; call++) {
    expect(await stemma.prompts.get("a/p q", { ttlMs: 1 })).toBe(first);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(asked).toHaveLength(2);
  expect(errors.map((error) => error.code)).toEqual(["unavailable"]);
});

test("a fallback stands in for what cannot be fetched, and says so", async () => {
  const text = await stemma.prompts.get("nothing", { fallback: "Hi {{name}}" });
  expect(compile(text, { name: "Ada" })).toMatchObject({ text: "Hi Ada", warnings: [] });
  expect(text).toMatchObject({ isFallback: true, number: null, id: null });
  expect(errors.map((error) => [error.code, error.status])).toEqual([["not_found", 404]]);
  failure = "hang up";
  const chat = await stemma.prompts.get("other", { fallback: [{ role: "user", content: "Hi" }] });
  expect(compile(chat).messages).toEqual([{ role: "user", content: "Hi" }]);
  expect(errors.at(-1)!.code).toBe("network");
  expect(spanAttributes(chat, { name: "Ada" })).toEqual({ "gen_ai.prompt.variable.name": "Ada" });
});

test("errors carry the server's code, status, issues and request id", async () => {
  const failed = async (call: Promise<unknown>) => {
    const error = await call.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StemmaError);
    return error as StemmaError;
  };
  expect(await failed(stemma.prompts.get("nothing"))).toMatchObject({ code: "not_found", status: 404 });
  const malformed = await failed(stemma.prompts.get("a/p q", { version: 0 }));
  expect(malformed).toMatchObject({ code: "invalid_input", status: 400, issues: [{ path: "version" }] });
  expect(malformed.requestId).toMatch(/^[0-9a-f-]{36}$/);
  const wrong = new Stemma({ baseUrl, key: "sk-wrong", retries: 0 });
  expect(await failed(wrong.prompts.get("a/p q"))).toMatchObject({ code: "unauthenticated", status: 401 });
  failure = 502;
  expect(await failed(stemma.prompts.get("x"))).toMatchObject({ code: "unavailable", status: 502 });
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const hasty = new Stemma({ baseUrl: silentUrl, key, retries: 0, timeoutMs: 50 });
  expect(await failed(hasty.prompts.get("p"))).toMatchObject({ code: "timeout", status: null });
  silent.closeAllConnections();
  silent.close();
});

test("what may pass is tried again; what may not is not", async () => {
  const patient = new Stemma({ baseUrl, key, retries: 2 });
  failure = 503;
  const getting = patient.prompts.get("a/p q");
  await expect.poll(() => asked.length).toBe(2);
  failure = null;
  expect((await getting).number).toBe(1);
  asked = [];
  await expect(patient.prompts.get("nothing")).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

test("a compiled prompt is the server's, whatever its template, variables and values", async () => {
  const declared = ["a", "b", "c"] as const;
  const part = fc.oneof(
    fc.constantFrom("text ", "\n", ' <b> & "q" ', "{ {a} }", "{{! note }}\n", "👩‍🚀"),
    fc.constantFrom(...declared, "undeclared", "a.x", ".").map((name) => `{{${name}}}`),
    fc
      .tuple(
        fc.constantFrom("#", "^"),
        fc.constantFrom(...declared),
        fc.constantFrom("in", "{{.}}", "{{x}}\n"),
      )
      .map(([kind, name, inside]) => `{{${kind}${name}}}${inside}{{/${name}}}`),
  );
  const template = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
  const value = fc.oneof(
    fc.constantFrom(null, true, false, 0, 1.5, "", "ä\n", "12", "[1,2]", '{"x":"y"}'),
    fc.constantFrom([], [{ x: "1" }, { x: 2 }], ["one", "two"], { x: "deep" }),
  );
  const variable = fc.record({
    type: fc.constantFrom("string", "number", "boolean", "list", "object"),
    isRequired: fc.boolean(),
    hasDefault: fc.boolean(),
  });
  const defaults = { string: "d", number: 7, boolean: true, list: ["l"], object: { x: "o" } };
  const values = fc.dictionary(fc.constantFrom(...declared, "undeclared", "stray"), value);
  let index = 0;
  await fc.assert(
    fc.asyncProperty(
      template,
      template,
      fc.tuple(variable, variable, variable),
      values,
      fc.boolean(),
      async (system, user, variables, given, isFilled) => {
        const name = `generated-${index++}`;
        await saveVersion(ctx, {
          name,
          labels: ["production"],
          content: {
            type: "chat",
            messages: [
              { role: "system", content: system },
              { type: "placeholder", name: "history" },
              { role: "user", content: [{ type: "text", text: user }] },
            ],
            variables: variables.map(({ type, isRequired, hasDefault }, place) => ({
              name: declared[place]!,
              type: type as keyof typeof defaults,
              isRequired,
              ...(hasDefault && { default: defaults[type as keyof typeof defaults] }),
            })),
            parameters: { temperature: 0.5 },
          },
        });
        const placeholders: PlaceholderValues = isFilled
          ? { history: [{ role: "assistant", content: "{{a}}" }] }
          : {};
        const response = await fetch(`${baseUrl}/api/v1/prompts/${name}/compile`, {
          method: "POST",
          headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
          body: JSON.stringify({ variables: given, placeholders }),
        });
        const theirs = await response.json();
        const prompt = await stemma.prompts.get(name);
        const ours = attempt(() => compile(prompt, given as JsonObject, placeholders));
        if (ours instanceof StemmaError) {
          const { code, message, issues } = ours;
          expect(response.status).toBe(400);
          expect({ code, message, issues }).toEqual({
            code: theirs.error.code,
            message: theirs.error.message,
            issues: theirs.error.issues,
          });
        } else {
          const { messages, text, parameters, warnings } = theirs;
          expect(ours).toEqual({ messages, text, parameters, warnings });
        }
      },
    ),
    { numRuns: 120 },
  );
}, 120_000);

test("an assignment is the server's, and its attributes are those the server gives", async () => {
  const test = await createAbTest(ctx, await draftInput(ctx));
  await startAbTest(ctx, test.key, { acceptsWarnings: true });
  const keys = new Set<string>();
  for (let unit = 0; unit < 40; unit++) {
    const locally = await stemma.abTests.assignLocally(test.key, `unit-${unit}`);
    const assigned = await stemma.abTests.assign(test.key, `unit-${unit}`, { variables: {} });
    expect([locally.variantKey, locally.isInTest]).toEqual([assigned.variantKey, assigned.isInTest]);
    expect(locally.promptVersionId).toBe(assigned.prompt.versionId);
    const prompt = await stemma.prompts.getById(locally.promptVersionId);
    expect(compile(prompt).messages).toEqual(assigned.messages);
    expect(assigned.spanAttributes).toMatchObject(spanAttributes(prompt, {}, locally));
    keys.add(locally.variantKey);
  }
  expect(keys.size).toBe(2);
  await expect(stemma.abTests.assign("none", "u")).rejects.toMatchObject({ code: "not_found" });
});

test("a score recorded again after a lost answer is stored once", async () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const patient = new Stemma({ baseUrl, key, retries: 2 });
  let sends = 0;
  const forgetful = new Stemma({
    baseUrl,
    key,
    retries: 2,
    fetch: async (...input) => {
      const response = await fetch(...input);
      if (++sends === 1) throw new TypeError("The answer was lost.");
      return response;
    },
  });
  const ids = await forgetful.scores.record([
    { traceId, name: "helpful", value: true },
    { traceId, name: "stars", value: 4 },
  ]);
  expect([ids.length, sends]).toEqual([2, 2]);
  expect(await patient.scores.record({ traceId, name: "helpful", value: false, id: ids[0] })).toEqual([
    ids[0],
  ]);
  const { data } = await listScores(ctx, { traceId, limit: 10 });
  expect(data.map((score) => [score.name, score.value]).sort()).toEqual([
    ["helpful", false],
    ["stars", 4],
  ]);
});

test("attributes spell values as text, and leave out a unit that is not in the test", () => {
  const prompt = { name: "p", number: 3 };
  const unit = { abTestKey: "t", variantKey: "A", unit: "u", isInTest: false };
  expect(spanAttributes(prompt, { a: { b: 1 }, n: 2, none: null }, unit)).toEqual({
    "gen_ai.prompt.name": "p",
    "gen_ai.prompt.version": "3",
    "gen_ai.prompt.variable.a": '{"b":1}',
    "gen_ai.prompt.variable.n": "2",
    "gen_ai.prompt.variable.none": "",
  });
});

function attempt<Result>(run: () => Result): Result | StemmaError {
  try {
    return run();
  } catch (error) {
    if (error instanceof StemmaError) return error;
    throw error;
  }
}
