import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Installs a package that is no part of the product into its own node_modules, unless what its lock file says is
 * there. Throws an Error that says what to do.
 */
export async function installPackage(folder: string): Promise<void> {
  const installedLock = join(folder, "node_modules/.stemma-lock.json");
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
    const what = `The packages of ${folder} could not be installed from the npm registry (${code}).`;
    throw new Error(`${what} Try: npm ci --prefix ${folder}\n${printed}`);
  }
  await copyFile(join(folder, "package-lock.json"), installedLock);
}
