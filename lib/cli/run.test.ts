import { execFile } from "node:child_process";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { api } from "#lib/http/api.ts";
import { findVersion } from "#lib/prompts/find-version.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { stopServing } from "#lib/prompts/serve-cached.ts";
import { contentOf } from "#lib/prompts/testing-content.ts";
import { updatePrompt } from "#lib/prompts/update-prompt.ts";
import { moveLabel } from "#lib/registry/move-label.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { run } from "./run.ts";

useDatabase();

let server: Server;
let ctx: Context;
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  server = createServer(getRequestListener(api.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await stopServing();
});

beforeEach(async () => {
  ({ ctx } = await makeProject());
  const { secretKey } = await makeApiKey(ctx, ["read", "prompts:write"]);
  environment = {
    STEMMA_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    STEMMA_KEY: secretKey,
  };
  folder = await mkdtemp(join(tmpdir(), "stemma-cli-"));
  await save("support/triage", "one", ["production"]);
  await save("support/triage", "two");
  await save("greeting", "Hello\n\n{{name}}\n", ["production", "staging"]);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const save = (name: string, text: string, labels: string[] = []) =>
  saveVersion(ctx, { name, content: contentOf(text), labels });

async function cli(...args: string[]) {
  let [out, error] = ["", ""];
  const [command, ...options] = args as [string, ...string[]];
  const terminal = { out: (text: string) => (out += text), error: (text: string) => (error += text) };
  return { code: await run([command, folder, ...options], environment, terminal), out, error };
}

const file = (path: string) => readFile(join(folder, path), "utf8");
const exists = (path: string) =>
  access(join(folder, path)).then(
    () => true,
    () => false,
  );
const change = async (path: string, from: string, to: string) => {
  const text = await file(path);
  expect(text).toContain(from);
  await writeFile(join(folder, path), text.replace(from, to));
};
const latest = async (name: string) => {
  const { number, content, message, parentId } = await findVersion(ctx, { name, label: "latest" });
  return { number, message, parentId, text: JSON.stringify(content) };
};

test("pull writes the newest version, and older ones that have a label; again it has nothing to do", async () => {
  expect(await cli("pull")).toMatchObject({ code: 0, error: "" });
  expect(await file("support/triage.yaml")).toContain("content: two");
  expect(await file("support/triage@1.yaml")).toContain("labels:\n  - production");
  expect(await file("greeting.yaml")).toContain("content: |\n      Hello\n\n      {{name}}\n");
  expect(await exists("greeting@1.yaml")).toBe(false);
  expect(await cli("pull")).toMatchObject({ code: 0, out: "Nothing to do.\n" });
  expect(await cli("diff")).toMatchObject({ code: 0, out: "" });
  expect(await cli("push")).toMatchObject({ code: 0, out: "Nothing to do.\n" });
});

test("push saves what was changed as the next version with its parent and message, and only that", async () => {
  await cli("pull");
  const before = await latest("support/triage");
  await change("support/triage.yaml", "two", "three");
  expect(await cli("diff")).toMatchObject({
    code: 1,
    out: expect.stringContaining("-    content: two\n+    content: three"),
    error: "changed here:      support/triage.yaml\n",
  });
  expect(await cli("push", "--dry-run")).toMatchObject({
    code: 0,
    out: "would be saved     support/triage, version 3\n",
  });
  expect(await latest("support/triage")).toEqual(before);
  expect(await cli("push", "--message", "Third")).toMatchObject({
    code: 0,
    out: "saved     support/triage, version 3\n",
  });
  const after = await latest("support/triage");
  expect(after).toMatchObject({ number: 3, message: "Third" });
  expect(after.parentId).not.toBeNull();
  expect(await file("support/triage.yaml")).toContain("version: 3");
  expect((await findVersion(ctx, { name: "support/triage", label: "production" })).number).toBe(1);
  expect((await latest("greeting")).number).toBe(1);
  expect(await cli("push")).toMatchObject({ code: 0, out: "Nothing to do.\n" });
});

test("push makes a prompt of a new file", async () => {
  await cli("pull");
  await writeFile(join(folder, "new one.yaml"), "type: text\ntext: Hello {{name}}\nlabels: [staging]\n");
  expect((await cli("push", "--labels")).out).toBe(
    "saved     new one, version 1\nmoved     new one, staging to version 1\n",
  );
  expect((await findVersion(ctx, { name: "new one", label: "staging" })).number).toBe(1);
});

test("push refuses what it would overwrite unseen, and then sends nothing at all", async () => {
  await cli("pull");
  await save("support/triage", "three by another");
  await change("support/triage.yaml", "two", "three of mine");
  await change("greeting.yaml", "Hello", "Good day");
  const pushed = await cli("push");
  expect(pushed).toMatchObject({ code: 1, out: "" });
  expect(pushed.error).toContain("the server has version 3 by Ada Tester since version 2");
  expect([(await latest("support/triage")).number, (await latest("greeting")).number]).toEqual([3, 1]);
  const pulled = await cli("pull");
  expect(pulled).toMatchObject({ code: 1, out: "" });
  expect(pulled.error).toContain("support/triage.yaml was changed here, and on the server too.");
  expect(await file("support/triage.yaml")).toContain("three of mine");
  expect((await cli("pull", "--force")).code).toBe(0);
  expect(await file("support/triage.yaml")).toContain("three by another");
});

test("a prompt that was never pulled is not overwritten by a file of its name", async () => {
  await writeFile(join(folder, "greeting.yaml"), "type: chat\nmessages: [{ role: user, content: mine }]\n");
  expect(await cli("push")).toMatchObject({ code: 1, error: expect.stringContaining("was never pulled") });
  expect(await cli("pull")).toMatchObject({
    code: 1,
    error: expect.stringContaining("greeting.yaml was changed here"),
  });
});

test("a push repeated from the same files, as CI does, does nothing", async () => {
  await cli("pull");
  await change("support/triage.yaml", "two", "three");
  await change("support/triage.yaml", "type: chat", "labels: [staging]\ntype: chat");
  const checkedOut = [await file("support/triage.yaml"), await file("stemma@seen.yaml")] as const;
  expect((await cli("push", "--labels")).out).toContain("staging to version 3");
  await rm(join(folder, "support/triage@1.yaml"));
  await writeFile(join(folder, "support/triage.yaml"), checkedOut[0]);
  await writeFile(join(folder, "stemma@seen.yaml"), checkedOut[1]);
  expect(await cli("push", "--labels")).toMatchObject({ code: 0, out: "Nothing to do.\n" });
  expect((await latest("support/triage")).number).toBe(3);
});

test("content brought back from an older version becomes the newest", async () => {
  await cli("pull");
  await change("support/triage.yaml", "two", "one");
  expect((await cli("push")).out).toBe("saved     support/triage, version 3\n");
  expect((await latest("support/triage")).text).toContain("one");
});

test("labels move only when asked, and not if somebody else moved them", async () => {
  await cli("pull");
  await change("support/triage@1.yaml", "labels:\n  - production\n", "");
  await change("support/triage.yaml", "type: chat", "labels: [production]\ntype: chat");
  expect((await cli("push")).out).toBe("not moved support/triage, production (push --labels moves it)\n");
  await save("support/triage", "two", ["production"]);
  await moveLabel(ctx, { promptName: "greeting", label: "staging", toVersion: 1, reason: "x" });
  expect((await cli("push", "--labels")).out).toBe("Nothing to do.\n");
  await cli("pull", "--force");
  await save("support/triage", "one", ["production"]);
  await change("support/triage.yaml", "labels:\n  - production", "labels:\n  - production\n  - canary");
  await save("support/triage", "one", ["canary"]);
  const refused = await cli("push", "--labels");
  expect(refused).toMatchObject({
    code: 1,
    error: expect.stringContaining("canary points at version 1 on the server since it was last pulled"),
  });
});

test("a file changed here stays through a pull, its labels brought up to date", async () => {
  await cli("pull");
  await change("greeting.yaml", "Hello", "Good day");
  await save("greeting", "Hello\n\n{{name}}\n", ["canary"]);
  expect((await cli("pull")).out).toBe("kept      greeting.yaml (changed here)\n");
  expect(await file("greeting.yaml")).toMatch(/canary[\s\S]*Good day/);
  expect((await cli("push")).out).toBe("saved     greeting, version 2\n");
  expect((await findVersion(ctx, { name: "greeting", label: "canary" })).number).toBe(1);
});

test("pull removes what is gone from the server, but not what was changed or is only here", async () => {
  await cli("pull");
  await writeFile(join(folder, "mine.yaml"), "type: text\ntext: x\n");
  await moveLabel(ctx, { promptName: "support/triage", label: "production", toVersion: 2, reason: "x" });
  await updatePrompt(ctx, "greeting", { name: "salute/greeting" });
  expect((await cli("pull")).out.trim().split("\n").sort()).toEqual([
    "new       salute/greeting.yaml",
    "removed   greeting.yaml",
    "removed   support/triage@1.yaml",
    "updated   support/triage.yaml",
  ]);
  expect(await exists("mine.yaml")).toBe(true);
  await change("support/triage.yaml", "two", "three");
  await updatePrompt(ctx, "support/triage", { isArchived: true });
  expect(await cli("pull")).toMatchObject({
    code: 1,
    error: expect.stringContaining("is gone from the server"),
  });
  expect(await cli("push")).toMatchObject({ code: 1, error: expect.stringContaining("archived or renamed") });
});

test("a version's own file cannot be changed", async () => {
  await cli("pull");
  await change("support/triage@1.yaml", "one", "uno");
  expect(await cli("push")).toMatchObject({
    code: 1,
    error: expect.stringContaining("version 1 can never change"),
  });
});

test("what is wrong in a file is told with its name before anything is sent", async () => {
  await cli("pull");
  await change("greeting.yaml", "{{name}}", "{{name");
  await change("support/triage.yaml", "role: user", "role: usher");
  const pushed = await cli("push");
  expect(pushed.code).toBe(2);
  expect(pushed.error).toMatch(/greeting\.yaml: messages\.0\.content: This tag is not closed/);
  await change("greeting.yaml", "{{name", "{{name}}");
  expect((await cli("push")).error).toMatch(/support\/triage\.yaml: messages\.0\.role: /);
});

test("2 and one sentence without a key, with a wrong one, without a server, and for what it does not know", async () => {
  expect(await cli("what")).toMatchObject({ code: 2, error: expect.stringContaining("no command “what”") });
  expect(await cli("pull", "--nonsense")).toMatchObject({
    code: 2,
    error: expect.stringContaining("--nonsense"),
  });
  environment.STEMMA_KEY = "sk-wrong";
  expect(await cli("pull")).toMatchObject({ code: 2, error: "This API key is unknown or revoked.\n" });
  environment.STEMMA_KEY = "";
  expect(await cli("pull")).toMatchObject({ code: 2, error: expect.stringContaining("Set STEMMA_KEY") });
  environment = { STEMMA_URL: "http://127.0.0.1:9", STEMMA_KEY: "x" };
  expect(await cli("pull")).toMatchObject({ code: 2, error: "http://127.0.0.1:9 could not be reached.\n" });
});

test("as a program it reads its environment, and ends with the code", async () => {
  const main = new URL("main.ts", import.meta.url).pathname;
  const stemma = (...args: string[]) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      execFile(process.execPath, [main, ...args], { env: { ...process.env, ...environment } }, (error, out) =>
        resolve({ code: error ? Number(error.code) : 0, out }),
      );
    });
  expect(await stemma("pull", folder)).toMatchObject({
    code: 0,
    out: expect.stringContaining("greeting.yaml"),
  });
  await change("greeting.yaml", "Hello", "Good day");
  expect(await stemma("diff", folder)).toMatchObject({
    code: 1,
    out: expect.stringContaining("+      Good day"),
  });
  expect((await stemma("nonsense")).code).toBe(2);
  expect(await stemma("--help")).toMatchObject({ code: 0, out: expect.stringContaining("stemma push") });
}, 60_000);
