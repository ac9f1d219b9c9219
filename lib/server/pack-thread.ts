import { parentPort, workerData } from "node:worker_threads";
import { closeSql } from "#lib/db/postgres.ts";
import { setRuntime } from "#lib/env.ts";
import { runPackLoop } from "#lib/traces/pack-loop.ts";

/** The packer's thread: told where the database is, ends when it is told to stop. */
const { databaseUrl } = workerData as { databaseUrl: string };
setRuntime({ databaseUrl });
const stopping = new AbortController();
parentPort!.once("message", () => stopping.abort());
await runPackLoop(stopping.signal);
await closeSql();
parentPort!.close();
