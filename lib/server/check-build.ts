import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const sources = ["app", "components", "lib", "next.config.js", "package.json", "package-lock.json"];
const stamp = ".next/stemma-build";

/** Builds the pages if that was never done or a source file has changed since. */
export async function ensureBuild(): Promise<void> {
  const digest = await digestOfSources();
  const built = await readFile(stamp, "utf8").catch(() => null);
  if (built === digest) return;
  console.log("Building the pages (once per version; about half a minute) …");
  await runBuild();
  await writeFile(stamp, digest);
}

async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const file of await listFiles(source)) hash.update(file).update(await readFile(file));
  }
  return hash.digest("hex");
}

async function listFiles(path: string): Promise<string[]> {
  if (path.includes(".")) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function runBuild(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`The pages could not be built:\n${output.slice(-4000)}`)),
    );
  });
}
