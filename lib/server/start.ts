import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { stopRemembering } from "#lib/db/catalogue-memory.ts";
import { type EmbeddedDatabase, startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { closeSql } from "#lib/db/postgres.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import type { ChangeWatch } from "#lib/db/watch-changes.ts";
import { databaseUrl, env, setRuntime } from "#lib/env.ts";
import { pathHeader } from "#lib/http/request-headers.ts";
import { drainGateway } from "#lib/ingest/gateway/trace-queue.ts";
import { addressHeader } from "#lib/projects/auth.ts";
import { stopServing } from "#lib/prompts/serve-cached.ts";
import { stopHearing } from "#lib/traces/store/hear-spans.ts";
import { ensureBuild } from "./check-build.ts";
import { type Packer, startPacker } from "./packer.ts";
import { startRelinking } from "./relink-on-change.ts";
import { setHeader } from "./set-header.ts";
import { type Runner, startWorker } from "./worker.ts";

export type RunningServer = {
  port: number;
  /** Ends the open requests, stops the workers, stores what was accepted, closes the database. */
  stop(): Promise<void>;
};

/**
 * The whole product in one process on one port. The port is taken first, so that a second start fails before it
 * touches the database; until all is ready, requests are answered 503 with Retry-After.
 *
 * Throws an Error whose message is one sentence for the person who started it.
 */
export async function startServer(): Promise<RunningServer> {
  const { server, setHandler, port } = await listen();
  let embedded: EmbeddedDatabase | null = null;
  let worker: Runner | null = null;
  let packer: Packer | null = null;
  let relinking: ChangeWatch | null = null;
  const stop = async () => {
    await stopHearing();
    await closeServer(server);
    await worker?.stop();
    await packer?.stop();
    await relinking?.stop();
    await drainGateway();
    await stopServing();
    await stopRemembering();
    await closeSql();
    await closePrisma();
    await embedded?.stop();
  };
  try {
    setRuntime({ port });
    if (!env().isDev) await ensureBuild();
    embedded = await openDatabase();
    setHandler(await makeHandler(port));
    worker = await startWorker();
    packer = startPacker();
    relinking = startRelinking();
    return { port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function listen(): Promise<{ server: Server; port: number; setHandler: (handler: Handler) => void }> {
  const { host, port } = env();
  let handler: Handler = (_, response) => {
    response.writeHead(503, { "retry-after": "2", "content-type": "text/plain; charset=utf-8" });
    response.end("Stemma is starting.\n");
  };
  const server = createServer((request, response) => handler(request, response));
  // Load balancers and OTLP exporters keep connections for a minute: we must not be the first to hang up.
  server.keepAliveTimeout = 75_000;
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const isTaken = "code" in error && error.code === "EADDRINUSE";
      reject(
        isTaken
          ? new Error(`Port ${port} is in use. Stop what uses it, or choose another: PORT=3100 npm start.`)
          : error,
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve({
        server,
        port: typeof address === "object" && address ? address.port : port,
        setHandler: (next) => {
          handler = next;
        },
      });
    });
  });
}

async function openDatabase(): Promise<EmbeddedDatabase | null> {
  const { dataDir, secretHex, databaseUrl: given } = env();
  const secret = secretHex ?? (await readOrMakeSecret(dataDir));
  setRuntime({ secretHex: secret });
  let embedded: EmbeddedDatabase | null = null;
  if (!given) {
    embedded = await startEmbedded({ folder: join(dataDir, "postgres"), password: secret.slice(0, 32) });
    setRuntime({ databaseUrl: embedded.url });
  }
  try {
    await migrate(databaseUrl());
    return embedded;
  } catch (error) {
    await embedded?.stop();
    throw explainDatabase(error, databaseUrl());
  }
}

function explainDatabase(error: unknown, url: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const { host, pathname } = new URL(url);
  const explanations: Record<string, string> = {
    ECONNREFUSED: `Nothing answers at ${host}. Start that PostgreSQL, or correct DATABASE_URL.`,
    ENOTFOUND: `There is no host ${host}. Correct DATABASE_URL.`,
    CONNECT_TIMEOUT: `${host} does not answer. Start that PostgreSQL, or correct DATABASE_URL.`,
    "28P01": `${host} refuses the user name or password in DATABASE_URL. Correct them.`,
    "3D000": `There is no database "${pathname.slice(1)}" at ${host}. Create it, or correct DATABASE_URL.`,
    "42501": `The user in DATABASE_URL may not create tables in "${pathname.slice(1)}". Grant it that.`,
  };
  return explanations[code] ? new Error(explanations[code], { cause: error }) : error;
}

async function readOrMakeSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, "secret");
  try {
    await mkdir(dataDir, { recursive: true });
    const known = await readFile(path, "utf8").catch(() => null);
    if (known) return known.trim();
    const made = randomBytes(32).toString("hex");
    await writeFile(path, `${made}\n`, { mode: 0o600, flag: "wx" });
    return made;
  } catch (cause) {
    throw new Error(
      `The data folder ${dataDir} cannot be written. Make it writable, or set STEMMA_DATA_DIR to one that is.`,
      { cause },
    );
  }
}

const machinePaths = /^\/(v1|api|otel|rehearsal|health|client)(\/|\?|$)/;

async function makeHandler(port: number): Promise<Handler> {
  // Loaded after the database address is known: these modules read it as they start.
  const { answerMachine } = await import("#lib/http/listener.ts");
  const { default: next } = await import("next");
  const pages = next({ dev: env().isDev, dir: process.cwd(), port, hostname: "localhost" });
  await pages.prepare();
  const page = pages.getRequestHandler();
  return (request, response) => {
    setHeader(request, addressHeader, request.socket.remoteAddress ?? "");
    setHeader(request, pathHeader, request.url ?? "/");
    if (machinePaths.test(request.url ?? "")) answerMachine(request, response);
    else void page(request, response);
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
  });
}
