import { Worker } from "node:worker_threads";
import { databaseUrl } from "#lib/env.ts";

export type Packer = { stop(): Promise<void> };

const restartMs = 5000;
const stopLimitMs = 10_000;

/**
 * Packs traces on a thread of its own: taking apart what was said would hold up answers on the server's. A thread
 * that ends is started again; one that is stopped finishes its transaction, or loses it and nothing else.
 */
export function startPacker(): Packer {
  let isStopping = false;
  let thread: Worker;
  let ended: Promise<void>;
  const start = () => {
    thread = new Worker(new URL("./pack-thread.ts", import.meta.url), {
      workerData: { databaseUrl: databaseUrl() },
    });
    thread.on("error", (error) => console.error("[packer]", error instanceof Error ? error.message : error));
    ended = new Promise((resolve) => {
      thread.once("exit", () => {
        resolve();
        if (!isStopping) setTimeout(() => !isStopping && start(), restartMs).unref();
      });
    });
  };
  start();
  return {
    async stop() {
      isStopping = true;
      thread.postMessage("stop");
      const timer = setTimeout(() => void thread.terminate(), stopLimitMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
