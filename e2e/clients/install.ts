import { join } from "node:path";
import { installPackage } from "../install-package.ts";

/** Installs the stock clients, a package of their own, so that the product's own install stays without them. */
export async function installEmitters(): Promise<void> {
  await installPackage(join(import.meta.dirname, "emitters"));
}

if (import.meta.main) await installEmitters();
