import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeSql } from "./postgres.ts";

const advisoryLock = 7_355_608;
const oldestServer = 150_000;

/**
 * Applies the migrations in `prisma/migrations` that the database does not have, each in one transaction, under
 * an advisory lock so that servers starting together apply them once. Writes Prisma's own `_prisma_migrations`,
 * so `prisma migrate deploy` stays usable. Returns the names applied.
 */
export async function migrate(url: string, folder = "prisma/migrations"): Promise<string[]> {
  const sql = makeSql(url, { max: 1, statementTimeoutMs: 0 });
  try {
    await requireServerVersion(sql);
    await sql`select pg_advisory_lock(${advisoryLock})`;
    await sql`create table if not exists _prisma_migrations (
      id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz,
      migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
      started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;
    const rows = await sql<{ migration_name: string; checksum: string }[]>`
      select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null`;
    const checksumOf = new Map(rows.map((row) => [row.migration_name, row.checksum]));

    const applied: string[] = [];
    for (const { name, text, checksum } of await readMigrations(folder)) {
      const known = checksumOf.get(name);
      if (known && known !== checksum) {
        throw new Error(
          `The migration ${name} was changed after this database applied it. Restore its file.`,
        );
      }
      if (known) continue;
      await sql.begin(async (tx) => {
        await tx.unsafe(text);
        await tx`insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
          values (${randomUUID()}, ${checksum}, ${name}, now(), 1)`;
      });
      applied.push(name);
    }
    return applied;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function requireServerVersion(sql: ReturnType<typeof makeSql>): Promise<void> {
  const [row] = await sql<{ number: number; text: string }[]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as text`;
  if (row!.number < oldestServer) {
    throw new Error(
      `PostgreSQL ${row!.text} is too old: Stemma needs 15 or newer. Point DATABASE_URL at one.`,
    );
  }
}

async function readMigrations(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const text = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, text, checksum: createHash("sha256").update(text).digest("hex") };
    }),
  );
}
