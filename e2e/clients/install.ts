import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";

const folder = join(import.meta.dirname, "emitters");
const installedLock = join(folder, "node_modules/.stemma-lock.json");

/**
 * Installs the stock clients into e2e/clients/emitters/node_modules, unless what its lock file says is there. They are
 * a package of their own, so that the product's own install stays without them. Throws an Error that says what to do.
 */
export async function installEmitters(): Promise<void> {
  const lock = await readFile(join(folder, "package-lock.json"), "utf8");
  const installed = existsSync(installedLock) ? await readFile(installedLock, "utf8") : null;
  if (installed === lock) return;
  const child = spawn("npm", ["ci", "--prefer-offline", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const code = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", resolve);
  });
  if (code !== 0) {
    throw new Error(
      `The stock clients could not be installed from the npm registry (${code}). Try: npm ci --prefix e2e/clients/emitters\n${printed}`,
    );
  }
  await copyFile(join(folder, "package-lock.json"), installedLock);
}

if (import.meta.main) await installEmitters();
