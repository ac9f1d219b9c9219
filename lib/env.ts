import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { singleton } from "./core/singleton.ts";

const flag = z
  .enum(["0", "1", "true", "false", ""])
  .transform((text) => text === "1" || text === "true")
  .optional();

const schema = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("production"),
  /** Any PostgreSQL ≥ 15. Unset: the embedded one, its data in STEMMA_DATA_DIR. */
  DATABASE_URL: z.string().min(1).optional(),
  STEMMA_DATA_DIR: z.string().default(".stemma"),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().default("0.0.0.0"),
  /** The address people reach the server at; default http://localhost:PORT. */
  STEMMA_URL: z.url().optional(),
  /** 32 bytes as 64 hex characters; encrypts provider keys, signs sessions. Made on first start if unset. */
  STEMMA_SECRET: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal characters (openssl rand -hex 32)")
    .optional(),
  /** Requests a second one API key may make on ingestion before 429; 0 is no limit. */
  STEMMA_REQUESTS_PER_SECOND: z.coerce.number().min(0).default(0),
  STEMMA_BODY_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(64 * 1024 * 1024),
  /** How much faster than life the rehearsal provider answers. */
  REHEARSAL_SPEED: z.coerce.number().positive().default(1),
  /** Webhooks may call this machine and private networks. Link-local addresses stay refused. */
  STEMMA_WEBHOOKS_INTERNAL: flag,
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: z.url().optional(),
  STEMMA_DEV: flag,
});

export type Env = {
  nodeEnv: "development" | "production" | "test";
  databaseUrl: string | undefined;
  /** Absolute path of the folder that holds the embedded database and the secret. */
  dataDir: string;
  port: number;
  host: string;
  publicUrl: string | undefined;
  secretHex: string | undefined;
  requestsPerSecond: number;
  bodyLimitBytes: number;
  rehearsalSpeed: number;
  allowsInternalWebhooks: boolean;
  openAiApiKey: string | undefined;
  openAiBaseUrl: string | undefined;
  isDev: boolean;
};

/** The environment, parsed once per process. Throws one sentence that names the variable at fault. */
export function env(): Env {
  return singleton("env", () => {
    // What the shell says wins over the file.
    if (existsSync(".env")) process.loadEnvFile(".env");
    return parseEnv(process.env);
  });
}

export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new Error(`The environment variable ${issue.path.join(".")} is not usable: ${issue.message}.`);
  }
  const values = parsed.data;
  return {
    nodeEnv: values.NODE_ENV,
    databaseUrl: values.DATABASE_URL,
    dataDir: resolve(values.STEMMA_DATA_DIR),
    port: values.PORT,
    host: values.HOST,
    publicUrl: values.STEMMA_URL?.replace(/\/$/, ""),
    secretHex: values.STEMMA_SECRET,
    requestsPerSecond: values.STEMMA_REQUESTS_PER_SECOND,
    bodyLimitBytes: values.STEMMA_BODY_LIMIT_BYTES,
    rehearsalSpeed: values.REHEARSAL_SPEED,
    allowsInternalWebhooks: values.STEMMA_WEBHOOKS_INTERNAL ?? false,
    openAiApiKey: values.OPENAI_API_KEY,
    openAiBaseUrl: values.OPENAI_BASE_URL,
    isDev: values.STEMMA_DEV ?? false,
  };
}

type Runtime = { port: number; databaseUrl: string | undefined; secretHex: string | undefined };
const runtime = singleton<Runtime>("runtime", () => ({
  port: 0,
  databaseUrl: undefined,
  secretHex: undefined,
}));

/** What is known only once the process has started: the port it got, the embedded database's address. */
export function setRuntime(values: Partial<Runtime>): void {
  Object.assign(runtime, values);
}

/** The database to use: the embedded one once it has started, else DATABASE_URL. */
export function databaseUrl(): string {
  const url = runtime.databaseUrl ?? env().databaseUrl;
  if (!url) throw new Error("No database yet: start the embedded one first, or set DATABASE_URL.");
  return url;
}

/** This server as it reaches itself, without a trailing slash: `http://127.0.0.1:3000`. */
export function selfOrigin(): string {
  return `http://127.0.0.1:${runtime.port || env().port}`;
}

/** This server as people reach it, without a trailing slash. */
export function publicOrigin(): string {
  return env().publicUrl ?? `http://localhost:${runtime.port || env().port}`;
}

/** The 32-byte secret that encrypts provider keys and signs sessions. */
export function secret(): Buffer {
  const hex = runtime.secretHex ?? env().secretHex;
  if (!hex) throw new Error("No secret yet: the server makes one on its first start, or set STEMMA_SECRET.");
  return Buffer.from(hex, "hex");
}
