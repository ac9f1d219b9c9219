import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmbedded } from "./embedded.ts";
import { makeSql } from "./postgres.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stemma-embedded-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = () => ({ folder: join(folder, "postgres"), password: "p@ss/word" });

test("what was stored is there after a stop and a second start", async () => {
  const first = await startEmbedded(options());
  await query(first.url, "create table kept as select 7 as value");
  await first.stop();
  const second = await startEmbedded(options());
  expect(await query(second.url, "select value from kept")).toEqual([{ value: 7 }]);
  await second.stop();
});

test("a killed server leaves nothing that blocks the next start", async () => {
  const script = `import { startEmbedded } from "#lib/db/embedded.ts";
    await startEmbedded(${JSON.stringify(options())});
    process.kill(process.pid, "SIGKILL");`;
  const signal = await new Promise((resolve) => {
    const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script]);
    child.once("exit", (_, name) => resolve(name));
  });
  expect(signal).toBe("SIGKILL");
  const database = await startEmbedded(options());
  expect(await query(database.url, "select value from kept")).toEqual([{ value: 7 }]);
  await database.stop();
});

test("a second server on the same folder is refused in one sentence, and the first goes on", async () => {
  const first = await startEmbedded(options());
  await expect(startEmbedded(options())).rejects.toThrow(/Another Stemma server is using .*STEMMA_DATA_DIR/);
  expect(await query(first.url, "select 1 as one")).toEqual([{ one: 1 }]);
  await first.stop();
});

test("a data folder that cannot be made says what to do", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "");
  await expect(startEmbedded({ folder: join(file, "data", "postgres"), password: "x" })).rejects.toThrow(
    /cannot be written.*STEMMA_DATA_DIR/,
  );
});

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = makeSql(url, { max: 1 });
  const rows = await sql.unsafe(text);
  await sql.end();
  return [...rows];
}
