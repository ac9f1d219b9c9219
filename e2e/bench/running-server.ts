import { type ChildProcess, fork, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discardEmbedded } from "#lib/db/embedded.ts";
import { closeSql } from "#lib/db/postgres.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { setRuntime } from "#lib/env.ts";

/** A server process with its embedded database (fsync on) in a scratch folder. */
export type RunningServer = {
  folder: string;
  port: number;
  databaseUrl: string;
  process: ChildProcess;
  /** Ends the server, and removes the database. */
  discard(): Promise<void>;
};

/**
 * Starts the whole product as `npm start` does, or with `isMachineOnly` the machine API without pages; this
 * process's `sql()` and `prisma()` then point at its database. `execArgv` are flags for its Node.
 */
export async function startServerProcess(options: {
  isMachineOnly: boolean;
  execArgv?: string[];
}): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), "stemma-bench-"));
  const secretHex = randomBytes(32).toString("hex");
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "production",
    STEMMA_DATA_DIR: folder,
    STEMMA_SECRET: secretHex,
    DATABASE_URL: "",
    PORT: "0",
  };
  const discard = async () => {
    await closeSql();
    await closePrisma();
    await end(child);
    await discardEmbedded(join(folder, "postgres"));
    await rm(folder, { recursive: true, force: true });
  };
  const child = options.isMachineOnly
    ? fork(join(import.meta.dirname, "serve-machine.ts"), {
        env: environment,
        execArgv: options.execArgv ?? [],
      })
    : spawn(
        process.execPath,
        [...(options.execArgv ?? []), join(import.meta.dirname, "../../lib/server/main.ts")],
        {
          env: environment,
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
  try {
    const port = await (options.isMachineOnly ? portSent(child) : portPrinted(child));
    const postmaster = await readFile(join(folder, "postgres/postmaster.pid"), "utf8");
    const databaseUrl = `postgresql://stemma:${secretHex.slice(0, 32)}@127.0.0.1:${postmaster.split("\n")[3]}/stemma`;
    setRuntime({ databaseUrl, secretHex });
    return { folder, port, databaseUrl, process: child, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  if (child.connected) child.disconnect();
  else child.kill("SIGTERM");
  await exited;
}

function portSent(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("message", (told: { port: number }) => resolve(told.port));
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}.`)));
  });
}

function portPrinted(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout!.on("data", (chunk) => {
      output += chunk;
      const port = /running on http:\/\/localhost:(\d+)/.exec(output)?.[1];
      if (port) resolve(Number(port));
    });
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}: ${output}`)));
  });
}

/** Processor time used so far, in seconds, by the server and by its database. */
export async function cpuSeconds({ process: child, folder }: RunningServer): Promise<[number, number]> {
  const postmaster = (await readFile(join(folder, "postgres/postmaster.pid"), "utf8")).split("\n", 1)[0]!;
  let database = 0;
  let server = 0;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // After the name in parentheses: state, parent, …; 12 to 15 are the process' own and its ended children's ticks.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const own = (Number(fields[11]) + Number(fields[12])) / 100;
    if (pid === postmaster) database += own + (Number(fields[13]) + Number(fields[14])) / 100;
    else if (fields[1] === postmaster) database += own;
    else if (pid === String(child.pid)) server = own;
  }
  return [server, database];
}

/** The most memory that the process has held so far, in MiB. */
export async function peakRssMb(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}
