import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { connect } from "../demo/api.ts";

/** The stories' own server; `e2e/server.sh` starts it on the same port. */
export const baseUrl = `http://localhost:${process.env.STEMMA_E2E_PORT ?? 3917}`;

/** The owner whom the first-run story makes and the others sign in as. */
export const owner = {
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "correct horse battery",
  projectName: "Geography",
  slug: "geography",
};

const folder = join(import.meta.dirname, "../../.stemma/stories-state");
export const sessionFile = join(folder, "session.json");
const keyFile = join(folder, "key.txt");

export function keepKey(secretKey: string): void {
  mkdirSync(dirname(keyFile), { recursive: true });
  writeFileSync(keyFile, secretKey);
}

/** The machine API with the key that set-up showed once. */
export function ownersApi() {
  return connect(baseUrl, readFileSync(keyFile, "utf8"));
}
