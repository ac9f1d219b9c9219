import { closeSql } from "#lib/db/postgres.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { remapSpans } from "./store/remap-spans.ts";

/** `npm run remap`, with DATABASE_URL set: derives stored spans anew after a change of the dialects' tables. */
try {
  console.log(`${await remapSpans()} spans were derived anew.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await closeSql();
  await closePrisma();
}
