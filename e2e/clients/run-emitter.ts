import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Where an emitter sends its spans. */
export type Receiver = { origin: string; publicKey: string; secretKey: string };

/** Runs `emitters/<name>.js` to its end. Throws an Error with what it printed if it fails. */
export function runEmitter(name: string, { origin, publicKey, secretKey }: Receiver): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "emitters", `${name}.js`)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      STEMMA_ORIGIN: origin,
      STEMMA_PUBLIC_KEY: publicKey,
      STEMMA_KEY: secretKey,
      STEMMA_EMITTER: name,
    },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${name} ended with ${code}:\n${printed}`));
    });
  });
}

/** The trace id under which an emitter makes a call (emitters/telemetry.js). */
export function traceIdOf(emitter: string, call: string): string {
  return createHash("md5").update(`${emitter}/${call}`).digest("hex");
}
