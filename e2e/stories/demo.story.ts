import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { makeSql } from "#lib/db/postgres.ts";

const port = Number(process.env.STEMMA_E2E_PORT ?? 3917) + 1;
const dataDir = join(import.meta.dirname, "../../.stemma/stories-demo");

test("the demo ends ship-ready on a real difference, in numbers that a separate query over the raw spans gives, and keeps an A/A test running beside it", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const demo = startDemo();
  try {
    const output = await demo.untilServing;
    const link = /Sign in once (\S+)/.exec(output)![1]!;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(link);
    await expect(page).toHaveURL(/ab-tests\/geography-model/);
    await expect(page.getByLabel("Verdict")).toContainText("Ship-ready");
    await expect(page.getByLabel("Verdict")).toContainText("B is better than A");
    await expect(page.getByText("B promoted")).toBeVisible();
    const answer = await page.request.get(
      `http://localhost:${port}/api/v1/ab-tests/geography-model/report?project=geography-quiz`,
      {},
    );
    const report = await answer.json();
    for (const row of await queryRawSpans()) {
      const variant = report.variants.find(
        (each: { variantKey: string }) => each.variantKey === row.variant_key,
      );
      const value = (id: string) => variant.metrics.find((each: { id: string }) => each.id === id).value;
      expect(variant.units).toBe(row.units);
      expect(variant.traces).toBe(row.traces);
      expect(value("error_rate")).toBeCloseTo(row.error_rate, 9);
      expect(value("cost_usd") / row.cost_usd).toBeCloseTo(1, 9);
      expect(value("score:helpful")).toBeCloseTo(row.helpful, 9);
      expect(row.traces).toBeGreaterThan(1000);
    }
    expect(report.variants).toHaveLength(2);
    expect(report.verdict.state).toBe("ship_ready");

    await page.goto(`http://localhost:${port}/geography-quiz/ab-tests/geography-twins`);
    await expect(page.getByLabel("Verdict")).toContainText("Keep running");
    await expect(page.getByText("Running", { exact: true })).toBeVisible();
    await context.close();
  } finally {
    await demo.stop();
  }
});

function startDemo() {
  const child: ChildProcess = spawn(process.execPath, ["e2e/demo/main.ts"], {
    cwd: join(import.meta.dirname, "../.."),
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: String(port),
      STEMMA_DEMO_DIR: dataDir,
      OPENAI_API_KEY: "",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const untilServing = new Promise<string>((resolve, reject) => {
    child.stdout!.on("data", (chunk) => {
      output += chunk;
      if (output.includes("Still serving")) resolve(output);
    });
    child.once("exit", (code) => reject(new Error(`The demo ended with ${code}:\n${output}`)));
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null) return resolve();
      child.once("exit", () => resolve());
      child.kill("SIGTERM");
    });
  return { untilServing, stop };
}

type RawRow = {
  variant_key: string;
  units: number;
  traces: number;
  error_rate: number;
  cost_usd: number;
  helpful: number;
};

/** Straight from the spans and scores, knowing nothing of the report's own statement. */
async function queryRawSpans(): Promise<RawRow[]> {
  const secret = readFileSync(join(dataDir, "secret"), "utf8").trim();
  const databasePort = readFileSync(join(dataDir, "postgres/postmaster.pid"), "utf8").split("\n")[3];
  const sql = makeSql(`postgresql://stemma:${secret.slice(0, 32)}@127.0.0.1:${databasePort}/stemma`, {
    max: 1,
  });
  const rows = await sql<RawRow[]>`
    select s.variant_key, count(distinct s.unit_id) as units, count(distinct s.trace_id) as traces,
      avg((s.status = 'error')::int)::float8 as error_rate, avg(s.cost_usd) as cost_usd,
      avg(f.numeric_value)::float8 as helpful
    from spans s left join scores f on f.trace_id = s.trace_id and f.name = 'helpful'
    where s.ab_test_key = 'geography-model'
    group by s.variant_key order by s.variant_key`;
  await sql.end();
  return [...rows];
}
