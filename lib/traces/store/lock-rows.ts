import { singleton } from "#lib/core/singleton.ts";
import { type Sql, sql } from "#lib/db/postgres.ts";
import { databaseUrl } from "#lib/env.ts";

const known = singleton("span-cluster", () => ({ url: "", isDistributed: false }));

/** Whether the span tables are distributed over a Citus cluster (see ../CITUS.md). */
export async function isDistributed(tx: Sql = sql()): Promise<boolean> {
  if (known.url === databaseUrl()) return known.isDistributed;
  const found = await tx`select 1 from pg_extension where extname = 'citus'`;
  known.url = databaseUrl();
  known.isDistributed = found.length > 0;
  return known.isDistributed;
}

/**
 * The locking clause of a statement that reads spans (as `s`) to rewrite them. Citus refuses it over several shards:
 * there a writer that came second loses at the unique index, and `rewriting` has it start again.
 */
export function lockSpans(tx: Sql, isOnCluster: boolean) {
  return isOnCluster ? tx`` : tx`for update of s`;
}

/** unique_violation, serialization_failure, deadlock_detected. */
const lostCodes = new Set<unknown>(["23505", "40001", "40P01"]);

/** A transaction that reads spans and rewrites them; started again where another writer of the same was faster. */
export async function rewriting<Result>(
  rewrite: (tx: Sql, attempt: number) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await sql().begin((tx) => rewrite(tx as unknown as Sql, attempt))) as Result;
    } catch (error) {
      const isLost = error instanceof Error && "code" in error && lostCodes.has(error.code);
      if (!isLost || attempt >= 5) throw error;
    }
  }
}
