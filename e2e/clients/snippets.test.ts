import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agentInstructions, promptSnippets } from "#components/prompts/prompt-snippets.ts";
import type { Context } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";
import { drainGateway } from "#lib/ingest/gateway/trace-queue.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { installEmitters } from "./install.ts";
import { serveApi } from "./serve-api.ts";

useDatabase();
const run = promisify(execFile);

let server: Awaited<ReturnType<typeof serveApi>>;
let ctx: Context;
let folder = "";
let versionId = "";
let environment: NodeJS.ProcessEnv = process.env;
const promptName = "geography/capital of a country";
const variables = { country: "Norway", note: `a "quoted" 'word' costs $5 \\ and \n a line` };

beforeAll(async () => {
  await installEmitters();
  server = await serveApi();
  ({ ctx } = await makeProject());
  const { secretKey } = await makeApiKey(ctx);
  environment = { ...process.env, STEMMA_SECRET_KEY: secretKey };
  const { id: connectionId } = await saveConnection(ctx, {
    name: "rehearsal",
    provider: "rehearsal",
    baseUrl: "/rehearsal/v1",
  });
  const { name: model } = await createModel(ctx, { name: "geographer" });
  await createModelVersion(ctx, { model, connectionId, providerModel: "rehearsal-large@1000x" });
  const saved = await saveVersion(ctx, {
    name: promptName,
    labels: ["production"],
    content: {
      type: "chat",
      messages: [
        { role: "system", content: "Answer with only the name. ({{note}})" },
        { role: "user", content: "What is the capital of {{country}}?" },
      ],
      variables: [{ name: "country" }, { name: "note" }],
      parameters: { temperature: 0 },
    },
  });
  versionId = saved.version.id;
  // Where the stock clients are found, as in an application that has installed them.
  folder = await mkdtemp(join(import.meta.dirname, "emitters/node_modules/.snippets-"));
  for (const file of ["stemma.js", "stemma.d.ts"]) {
    const response = await fetch(`${server.origin}/client/${file}`);
    expect(response.status).toBe(200);
    await writeFile(join(folder, file), await response.text());
  }
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
}, 180_000);

afterAll(async () => {
  await drainGateway();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const input = () => ({ origin: server.origin, promptName, variables, model: "geographer" });
const snippet = (label: string) => {
  const { compile, answer } = promptSnippets(input());
  return [...compile, ...answer].find((each) => each.label === label)!.code;
};

async function runJavaScript(code: string): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.js`);
  await writeFile(file, code);
  return (await run(process.execPath, [file], { env: environment })).stdout;
}

test.each(["Stemma client", "fetch"])("%s: the messages come out filled", async (label) => {
  const printed = await runJavaScript(snippet(label));
  expect(printed).toContain("What is the capital of Norway?");
  expect(printed).toContain("temperature: 0");
});

test("curl: the shell hands over the variables as they were meant", async () => {
  const { stdout } = await run("sh", ["-c", snippet("curl")], { env: environment });
  expect(JSON.parse(stdout)).toMatchObject({
    number: 1,
    messages: [
      { role: "system", content: `Answer with only the name. (${variables.note})` },
      { role: "user", content: "What is the capital of Norway?" },
    ],
  });
});

test.each(["OpenAI", "AI SDK"])("%s: the answer comes, and its trace names the version", async (label) => {
  await sql()`delete from spans where project_id = ${ctx.projectId}`;
  expect((await runJavaScript(snippet(label))).trim()).toBe("Oslo");
  await drainGateway();
  const spans = await sql()`
    select prompt_name, prompt_version_id, user_id from spans where project_id = ${ctx.projectId}`;
  expect(spans).toEqual([{ prompt_name: promptName, prompt_version_id: versionId, user_id: "user-17" }]);
});

test("the coding agent is told where things are, and never the key", () => {
  const text = agentInstructions(input());
  for (const fact of [server.origin, promptName, "country, note", "STEMMA_SECRET_KEY", "geographer"]) {
    expect(text).toContain(fact);
  }
  expect(text).not.toContain(environment.STEMMA_SECRET_KEY);
});
