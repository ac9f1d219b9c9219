import { expect, test } from "vitest";
import { sql } from "#lib/db/postgres.ts";
import { useDatabase } from "#lib/testing/database.ts";

useDatabase();

test("a day's partitions are made once, and take over what the default partition held of that day", async () => {
  await sql()`insert into spans_default (project_id, trace_id, start_time, mapping_version, is_model_call, span_id,
      name, kind, operation, status, usage_source, cost_source, dialect)
    values (gen_random_uuid(), gen_random_uuid(), '2021-03-04T23:59:59.999999Z', 1, false, '\\x0102030405060708',
      'late', 'internal', 'other', 'ok', 'missing', 'missing', 'otel')`;
  const [first] = await sql()<
    { made: number }[]
  >`select stemma_add_partitions('2021-03-03', '2021-03-05') as made`;
  const [second] = await sql()<
    { made: number }[]
  >`select stemma_add_partitions('2021-03-03', '2021-03-05') as made`;
  expect([first!.made, second!.made]).toEqual([6, 0]);
  const [row] = await sql()<
    { home: string }[]
  >`select tableoid::regclass::text as home from spans where name = 'late'`;
  expect(row!.home).toBe("spans_20210304");
});
