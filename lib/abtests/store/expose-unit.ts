import { sql } from "#lib/db/postgres.ts";

export type Exposure = { variantKey: string; phase: number };

/** The unit's first assignment, or null if it has none. */
export async function findOptionalExposure(
  projectId: string,
  abTestId: string,
  unitId: string,
): Promise<Exposure | null> {
  const [row] = await sql()<Exposure[]>`
    select variant_key as "variantKey", phase from ab_unit
    where project_id = ${projectId} and ab_test_id = ${abTestId} and unit_id = ${unitId}`;
  return row ?? null;
}

/**
 * Stores the unit's assignment unless it has one already, and returns the one that counts: of several callers at
 * once the first to commit wins, and all get its answer. Marks it to be counted.
 */
export async function exposeUnit(input: {
  projectId: string;
  abTestId: string;
  unitId: string;
  variantKey: string;
  phase: number;
  hashVersion: number;
  propensities: number[];
  attributes: Record<string, string | number | boolean | null>;
  at: Date;
}): Promise<Exposure> {
  const db = sql();
  const [row] = await db<Exposure[]>`
    with exposed as (
    insert into ab_unit (project_id, ab_test_id, unit_id, variant_key, phase, hash_version, propensities, attributes, first_exposed_at)
    values (${input.projectId}, ${input.abTestId}, ${input.unitId}, ${input.variantKey}, ${input.phase},
      ${input.hashVersion}, ${input.propensities}, ${db.json(input.attributes)}, ${input.at})
    on conflict do nothing
    returning project_id, ab_test_id, unit_id, variant_key, phase
    ), marked as (
      insert into ab_pending (project_id, ab_test_id, unit_id) select project_id, ab_test_id, unit_id from exposed
    )
    select variant_key as "variantKey", phase from exposed`;
  if (row) return row;
  // ON CONFLICT waited for the other writer to commit; its row is visible to a new statement only.
  const stored = await findOptionalExposure(input.projectId, input.abTestId, input.unitId);
  if (!stored) throw new Error("an exposure that conflicted is not there");
  return stored;
}
