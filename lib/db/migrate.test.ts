import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { catalogueSql } from "../../prisma/diff.ts";
import { migrate } from "./migrate.ts";
import { makeSql } from "./postgres.ts";

let url: string;
let name: string;
beforeEach(async () => {
  name = `stemma_migrate_${process.pid}_${Math.floor(performance.now() * 1000)}`;
  await onServer((sql) => sql.unsafe(`create database ${name}`));
  const address = new URL(inject("server").url);
  address.pathname = `/${name}`;
  url = address.href;
});
afterEach(() => onServer((sql) => sql.unsafe(`drop database ${name} with (force)`)));

test("servers that start together apply each migration once; a later start applies none", async () => {
  const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  expect(await migrate(url)).toEqual([]);
});

test("a migration that was edited after it was applied is refused by name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "stemma-migrations-"));
  await cp("prisma/migrations", folder, { recursive: true });
  await migrate(url, folder);
  await writeFile(join(folder, "20261123000000_catalogue/migration.sql"), "select 1;");
  await expect(migrate(url, folder)).rejects.toThrow(/20261123000000_catalogue was changed/);
  await rm(folder, { recursive: true });
});

test("the migrations make exactly the catalogue that schema.prisma describes", async () => {
  await migrate(url);
  const migrated = await readCatalogue(url);
  await onServer((sql) => sql.unsafe(`create database ${name}_schema`));
  const fresh = new URL(url);
  fresh.pathname = `/${name}_schema`;
  const sql = makeSql(fresh.href, { max: 1 });
  await sql.unsafe(await catalogueSql(fresh.href));
  await sql.end();
  const described = await readCatalogue(fresh.href);
  await onServer((admin) => admin.unsafe(`drop database ${name}_schema with (force)`));
  expect(described.length).toBeGreaterThan(100);
  expect(migrated).toEqual(expect.arrayContaining(described));
});

async function readCatalogue(database: string): Promise<string[]> {
  const sql = makeSql(database, { max: 1 });
  const columns = await sql<{ text: string }[]>`
    select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as text
    from information_schema.columns where table_schema = 'public'`;
  const indexes = await sql<
    { text: string }[]
  >`select indexdef as text from pg_indexes where schemaname = 'public'`;
  await sql.end();
  return [...columns, ...indexes].map((row) => row.text);
}

async function onServer(work: (sql: ReturnType<typeof makeSql>) => Promise<unknown>): Promise<void> {
  const address = new URL(inject("server").url);
  address.pathname = "/postgres";
  const sql = makeSql(address.href, { max: 1 });
  await work(sql);
  await sql.end();
}
