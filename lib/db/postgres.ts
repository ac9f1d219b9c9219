import { connect, type Socket } from "node:net";
import postgres from "postgres";
import { singleton } from "#lib/core/singleton.ts";
import { databaseUrl } from "#lib/env.ts";

export type Sql = postgres.Sql;

type Pool = { url: string; sql: Sql | undefined };

const pool = singleton<Pool>("postgres", () => ({ url: "", sql: undefined }));
const writers = singleton<Pool>("postgres-writers", () => ({ url: "", sql: undefined }));
const readers = singleton<Pool>("postgres-readers", () => ({ url: "", sql: undefined }));

/** The hot path's connections: spans, scores, cells, queues. Whole statements, parameters only. */
export function sql(): Sql {
  return open(pool, { max: 8 });
}

/**
 * The span writers' own connections, which no reader can keep busy. Their few statements look up keys that they
 * are given; planned anew for each batch, over all partitions, they took longer than they ran.
 */
export function writerSql(): Sql {
  return open(writers, {
    max: 3,
    // A plan made while a partition was new and empty is kept as it fills: it must not be one that reads it whole.
    settings: { plan_cache_mode: "force_generic_plan", enable_seqscan: "off" },
  });
}

/**
 * Connections for questions over many days, each planned for its own values: for values that it does not see,
 * PostgreSQL would rather read every day's partition whole than look a hundred traces up (100 times slower with
 * 300,000 spans). Statements are ended after 15 s, which is as long as a page may wait.
 */
export function readSql(): Sql {
  return open(readers, {
    max: 6,
    statementTimeoutMs: 15_000,
    settings: { plan_cache_mode: "force_custom_plan" },
  });
}

function open(pool: Pool, options: SqlOptions): Sql {
  const url = databaseUrl();
  if (!pool.sql || pool.url !== url) {
    pool.url = url;
    const opened = makeSql(url, {
      ...options,
      onLost: () => {
        if (pool.sql === opened) pool.sql = undefined;
      },
    });
    pool.sql = opened;
  }
  return pool.sql;
}

export type SqlOptions = {
  max: number;
  /** 0 for none; 60,000 unless told. */
  statementTimeoutMs?: number;
  /** Called when the database went away in the middle of something: the client has ended, another must be made. */
  onLost?: () => void;
  /** Settings of each connection. */
  settings?: Record<string, string>;
  /** Connections stay open for ever: for session-level locks and LISTEN. */
  keepsConnections?: boolean;
};

/**
 * A client of its own, for COPY writers, LISTEN and tests. Timestamps come back as Date, int8 as number.
 * Statements are ended after 60 s.
 */
export function makeSql(url: string, options: SqlOptions): Sql {
  const target = new URL(url);
  const client = postgres(url, {
    max: options.max,
    ...(options.keepsConnections ? { idle_timeout: 0, max_lifetime: null } : { idle_timeout: 300 }),
    connect_timeout: 10,
    // Its own would wait up to 20 s after the database is back.
    backoff: (retries: number) => Math.min(1, 0.05 * 2 ** retries),
    onnotice: () => {},
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    connection: {
      application_name: "stemma",
      statement_timeout: options.statementTimeoutMs ?? 60_000,
      ...options.settings,
    },
    // postgres never sets TCP_NODELAY: with Nagle's algorithm each COPY waits about 40 ms for a delayed ACK.
    // Measured here: COPY of 200-row batches 3,900 → 32,800 rows/s. TLS needs the library's own socket.
    ...(needsOwnSocket(target)
      ? {}
      : {
          // Given before it is connected: of one that could not connect the library would never take leave.
          socket: () =>
            guard(
              connect({ host: target.hostname, port: Number(target.port || 5432), noDelay: true }),
              onLost,
            ),
        }),
  } as postgres.Options<Record<string, postgres.PostgresType>>) as unknown as Sql;
  let isLost = false;
  const onLost = () => {
    if (isLost) return;
    isLost = true;
    options.onLost?.();
    void client.end({ timeout: 0 });
  };
  return client;
}

/**
 * Keeps from postgres 3.4.9 that a connection has closed in the middle of a transaction or a COPY. It would send the
 * ROLLBACK to a socket that it has forgotten, which is an uncaught exception and ends the process, and later begin
 * its next connection with the bytes that were left over, on which it waits for ever. The client is ended instead:
 * then all that was asked of it is refused as CONNECTION_DESTROYED. A connection that closes while it is idle, or
 * before it was ever ready, or because we close it, is the library's to handle.
 */
function guard(socket: Socket, onLost: () => void): Socket {
  let isReady = false;
  let isIdle = false;
  let isOurs = false;
  let isTheirs = false;
  const emit = socket.emit.bind(socket);
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const end = socket.end.bind(socket) as (...args: unknown[]) => Socket;
  return Object.assign(socket, {
    emit(event: string | symbol, ...args: unknown[]): boolean {
      if (event === "data") {
        isIdle = (args[0] as Buffer).subarray(-readyForQuery.length).equals(readyForQuery);
        isReady ||= isIdle;
      }
      // Node answers the other side's end with its own.
      if (event === "end") isTheirs = true;
      if (event === "close" && isReady && !isIdle && !isOurs) {
        onLost();
        return true;
      }
      return emit(event, ...args);
    },
    write(...args: unknown[]): boolean {
      isIdle = false;
      return write(...args);
    },
    end(...args: unknown[]): Socket {
      isOurs ||= !isTheirs;
      return end(...args);
    },
  });
}

/** The message ReadyForQuery, in no transaction. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

function needsOwnSocket(target: URL): boolean {
  const sslmode = target.searchParams.get("sslmode");
  const usesTls = target.searchParams.has("ssl") || (sslmode !== null && sslmode !== "disable");
  return usesTls || target.hostname === "" || target.searchParams.has("host");
}

export async function closeSql(): Promise<void> {
  const open = [pool.sql, writers.sql, readers.sql];
  pool.sql = undefined;
  writers.sql = undefined;
  readers.sql = undefined;
  await Promise.all(open.map((each) => each?.end({ timeout: 5 })));
}
