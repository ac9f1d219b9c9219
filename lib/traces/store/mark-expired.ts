import type { Sql } from "#lib/db/postgres.ts";
import { idAt, toWords } from "../packs/id-set.ts";
import { decodeColumn } from "../packs/pack.ts";
import { bitsOfGone, isGone } from "./pack-rows.ts";

const dayUs = 86_400_000_000;
const tracesPerRow = 1000;

/**
 * After a project's spans before `cutoff` were deleted, in the same transaction: drops the packs of traces that ended
 * before it, and marks the traces that a newer pack still holds. Of those that go on past the cutoff the rest stays.
 */
export async function markExpired(tx: Sql, projectId: string, cutoff: string): Promise<void> {
  const cutoffUs = Date.parse(cutoff) * 1000;
  // All spans of a trace start within a day of each other.
  await tx`delete from trace_packs
    where project_id = ${projectId} and last_us < ${cutoffUs - dayUs}::float8`;
  const packs = await tx<{ trace_count: number; gone: Buffer; ids: Buffer; starts: Buffer }[]>`
    select p.trace_count, p.gone, i.bytes as ids, s.bytes as starts
    from trace_packs p
      join trace_pack_columns i on i.pack_id = p.id and i.name = 'ids'
      join trace_pack_columns s on s.pack_id = p.id and s.name = 'starts'
    where p.project_id = ${projectId} and p.first_us < ${cutoffUs}::float8`;
  for (const pack of packs) {
    const [ids, starts] = [toWords(pack.ids), decodeColumn("starts", pack.starts)];
    const gone = bitsOfGone(pack.gone, pack.trace_count);
    const expired: number[] = [];
    for (let ordinal = 0; ordinal < starts.length && starts[ordinal]! < cutoffUs; ordinal++) {
      if (!isGone(gone, ordinal)) expired.push(ordinal);
    }
    for (let at = 0; at < expired.length; at += tracesPerRow) {
      const part = expired.slice(at, at + tracesPerRow);
      await tx`
        insert into pending_traces (project_id, first_start, last_start, trace_ids)
        values (${projectId}, to_timestamp(${starts[part[0]!]! / 1e6}::float8), to_timestamp(${starts[part.at(-1)!]! / 1e6}::float8) + interval '1 microsecond',
          decode(${part.map((ordinal) => idAt(ids, ordinal)).join("")}, 'hex'))`;
    }
  }
}
