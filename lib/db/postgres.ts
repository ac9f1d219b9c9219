import { connect } from "node:net";
import postgres from "postgres";
import { singleton } from "#lib/core/singleton.ts";
import { databaseUrl } from "#lib/env.ts";

export type Sql = postgres.Sql;

type Pool = { url: string; sql: Sql | undefined };

const pool = singleton<Pool>("postgres", () => ({ url: "", sql: undefined }));
const writers = singleton<Pool>("postgres-writers", () => ({ url: "", sql: undefined }));

/** The hot path's connections: spans, scores, cells, queues. Whole statements, parameters only. */
export function sql(): Sql {
  return open(pool, { max: 8 });
}

/**
 * The span writers' own connections, which no reader can keep busy. Their few statements look up keys that they
 * are given; planned anew for each batch, over all partitions, they took longer than they ran.
 */
export function writerSql(): Sql {
  return open(writers, { max: 3, settings: { plan_cache_mode: "force_generic_plan" } });
}

function open(pool: Pool, options: SqlOptions): Sql {
  const url = databaseUrl();
  if (!pool.sql || pool.url !== url) {
    pool.url = url;
    pool.sql = makeSql(url, options);
  }
  return pool.sql;
}

export type SqlOptions = {
  max: number;
  /** 0 for none; 60,000 unless told. */
  statementTimeoutMs?: number;
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
  return postgres(url, {
    max: options.max,
    ...(options.keepsConnections ? { idle_timeout: 0, max_lifetime: null } : { idle_timeout: 300 }),
    connect_timeout: 10,
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
          socket: () =>
            new Promise((resolve, reject) => {
              const socket = connect({
                host: target.hostname,
                port: Number(target.port || 5432),
                noDelay: true,
              });
              socket.once("connect", () => {
                socket.off("error", reject);
                resolve(socket);
              });
              socket.once("error", reject);
            }),
        }),
  } as postgres.Options<Record<string, postgres.PostgresType>>) as unknown as Sql;
}

function needsOwnSocket(target: URL): boolean {
  const sslmode = target.searchParams.get("sslmode");
  const usesTls = target.searchParams.has("ssl") || (sslmode !== null && sslmode !== "disable");
  return usesTls || target.hostname === "" || target.searchParams.has("host");
}

export async function closeSql(): Promise<void> {
  const open = [pool.sql, writers.sql];
  pool.sql = undefined;
  writers.sql = undefined;
  await Promise.all(open.map((each) => each?.end({ timeout: 5 })));
}
