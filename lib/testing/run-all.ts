import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * `npm test`: types, lint, unit and integration tests on a real PostgreSQL, the build, and the browser stories.
 * Every step runs even if an earlier one failed; the last line counts them all: "N passed, N failed".
 */
const results = ".next/test-results";
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

type Count = { passed: number; failed: number };
type Step = {
  name: string;
  command: string[];
  env?: Record<string, string>;
  count: (isOk: boolean) => Count;
};

const bin = (name: string) => join("node_modules/.bin", name);
const one = (isOk: boolean): Count => (isOk ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

const steps: Step[] = [
  { name: "types", command: [bin("tsc"), "--noEmit", "-p", "."], count: one },
  { name: "lint", command: [bin("biome"), "ci", ".", "--max-diagnostics=40", "--colors=off"], count: one },
  {
    name: "third-party clients from the npm registry, for e2e/clients",
    command: [process.execPath, "e2e/clients/install.ts"],
    count: one,
  },
  {
    name: "unit and integration tests",
    command: [
      bin("vitest"),
      "run",
      "-c",
      "lib/testing/vitest.config.ts",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${results}/vitest.json`,
    ],
    count: countVitest,
  },
  {
    name: "build",
    command: [process.execPath, "lib/server/build.ts"],
    env: { NODE_ENV: "production" },
    count: one,
  },
  {
    name: "browser stories",
    command: [bin("playwright"), "test", "-c", "e2e/playwright.config.ts", "--reporter=list,json"],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: join(process.cwd(), results, "playwright.json") },
    count: countPlaywright,
  },
];

ensureChromium();
const total: Count = { passed: 0, failed: 0 };
for (const step of steps) {
  const startedMs = Date.now();
  console.log(`\n— ${step.name}`);
  const isOk = await runStep(step);
  const { passed, failed } = step.count(isOk);
  total.passed += passed;
  // A step that failed without a failed test (it crashed) must not pass unseen.
  total.failed += isOk ? failed : Math.max(1, failed);
  console.log(
    `— ${step.name}: ${isOk ? "ok" : "FAILED"} in ${Math.round((Date.now() - startedMs) / 1000)} s`,
  );
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

function runStep({ command, env }: Step): Promise<boolean> {
  const [file, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file!, args, {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}

function countVitest(): Count {
  const report = readReport<{ numPassedTests: number; numFailedTests: number }>("vitest.json");
  return { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0 };
}

function countPlaywright(): Count {
  const report = readReport<{ stats: { expected: number; unexpected: number; flaky: number } }>(
    "playwright.json",
  );
  return {
    passed: report?.stats.expected ?? 0,
    failed: (report?.stats.unexpected ?? 0) + (report?.stats.flaky ?? 0),
  };
}

function readReport<Report>(name: string): Report | null {
  const path = join(results, name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Report) : null;
}

/** The browser stories need a Chromium: the system's, Playwright's, or one installed now by whichever way works. */
function ensureChromium(): void {
  const has = (name: string) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
  if (has("chromium") || has("chromium-browser") || has("google-chrome")) return;
  console.log("— installing Chromium for the browser stories");
  if (
    spawnSync(bin("playwright"), ["install", "chromium"], { stdio: "ignore", timeout: 300_000 }).status === 0
  )
    return;
  if (process.getuid?.() === 0 && has("apt-get")) {
    spawnSync("sh", ["-c", "apt-get update -q && apt-get install -y -q --no-install-recommends chromium"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
}
