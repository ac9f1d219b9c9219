import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, inject } from "vitest";
import { closeSql, makeSql } from "#lib/db/postgres.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { setRuntime } from "#lib/env.ts";

/**
 * Gives this test file a database of its own, cloned from the migrated template; `prisma()` and `sql()` point at
 * it until the file ends. Returns where it is, for tests that start a server process.
 */
export function useDatabase(): { url: () => string } {
  const name = `stemma_test_${randomBytes(6).toString("hex")}`;
  let url = "";

  beforeAll(async () => {
    const server = inject("server");
    const admin = makeSql(withDatabase(server.url, "postgres"), { max: 1 });
    await admin.unsafe(`create database ${name} template ${server.template} strategy file_copy`);
    await admin.end();
    url = withDatabase(server.url, name);
    setRuntime({ databaseUrl: url, secretHex: "5".repeat(64) });
  });

  afterAll(async () => {
    await closeSql();
    await closePrisma();
    const admin = makeSql(withDatabase(inject("server").url, "postgres"), { max: 1 });
    await admin.unsafe(`drop database if exists ${name} with (force)`);
    await admin.end();
  });

  return { url: () => url };
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
