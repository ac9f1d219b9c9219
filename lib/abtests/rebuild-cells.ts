import { closeSql, sql } from "#lib/db/postgres.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { rebuildTest } from "./store/fold-pending.ts";

/**
 * `npm run rebuild-cells [-- KEY…]`, with DATABASE_URL set: makes the sums of A/B tests anew from their spans, scores
 * and exposures; of the tests with these keys, or of all that have not ended. It gives what is there already, unless
 * something went wrong. A test that has ended is made anew only when named: retention may have deleted its traces.
 */
try {
  const keys = process.argv.slice(2);
  const tests = await sql()<{ id: string; key: string; project: string }[]>`
    select t.id, t.key, p.slug as project from ab_test t join project p on p.id = t.project_id
    where t.started_at is not null and ${keys.length > 0 ? sql()`t.key = any(${keys})` : sql()`t.stopped_at is null`}
    order by t.started_at`;
  for (const { id, key, project } of tests) {
    const startedMs = performance.now();
    const { traces, units } = await rebuildTest(id);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.log(`${project}/${key}: ${traces} traces of ${units} units in ${seconds} s.`);
  }
  if (tests.length === 0) console.log("There is no such test.");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await closeSql();
  await closePrisma();
}
