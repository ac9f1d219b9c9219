import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { makeSql } from "#lib/db/postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A database server's address without a database name, and the migrated template's name. */
    server: { url: string; template: string };
  }
}

/**
 * One PostgreSQL for the whole run: DATABASE_URL's server if that is set, else an embedded one in a scratch
 * folder. Migrates one template database; every test file clones it.
 */
export default async function setup(project: TestProject) {
  const given = process.env.STEMMA_TEST_DATABASE_URL ?? process.env.DATABASE_URL;
  const folder = await mkdtemp(join(tmpdir(), "stemma-test-"));
  const embedded = given
    ? null
    : await startEmbedded({
        folder: join(folder, "postgres"),
        password: "test",
        settings: {
          fsync: "off",
          synchronous_commit: "off",
          full_page_writes: "off",
          max_connections: "300",
        },
      });
  const address = new URL(given ?? embedded!.url);
  const template = `stemma_template_${process.pid}`;
  const admin = makeSql(address.href, { max: 1 });
  await admin.unsafe(`create database ${template}`);
  address.pathname = `/${template}`;
  await migrate(address.href);
  address.pathname = "";
  project.provide("server", { url: address.href, template });

  return async () => {
    await admin.unsafe(`drop database if exists ${template} with (force)`);
    await admin.end();
    await embedded?.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
