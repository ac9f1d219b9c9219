import { newId } from "#lib/core/ids.ts";
import type { Sql } from "#lib/db/postgres.ts";
import {
  type ColumnName,
  type Columns,
  columnNames,
  decodeColumn,
  encodeColumn,
  type Pack,
} from "../packs/pack.ts";
import { decodeBlock, encodeTerms, termKey } from "../packs/term-blocks.ts";

/** Stores a pack; a pack without traces is none. */
export async function insertPack(tx: Sql, projectId: string, pack: Pack): Promise<void> {
  if (pack.count === 0) return;
  const id = newId();
  const { starts } = pack.columns;
  await tx`
    insert into trace_packs (id, project_id, trace_count, first_us, last_us)
    values (${id}, ${projectId}, ${pack.count}, ${starts[0]!}::float8, ${starts[pack.count - 1]!}::float8)`;
  const columns = columnNames.map((name) => ({
    pack_id: id,
    name,
    bytes: encodeColumn(name, pack.columns[name]),
  }));
  await tx`insert into trace_pack_columns ${tx(columns)}`;
  const blocks = encodeTerms(pack.terms, pack.count);
  for (let i = 0; i < blocks.length; i += blocksPerStatement) {
    const rows = blocks
      .slice(i, i + blocksPerStatement)
      .map(({ firstTerm, bytes }) => ({ pack_id: id, first_term: termKey(firstTerm), bytes }));
    await tx`insert into trace_pack_terms ${tx(rows)}`;
  }
}

/** About a megabyte, sent as twice as many characters. */
const blocksPerStatement = 300;

/** A stored pack, whole. */
export async function readPack(tx: Sql, packId: string): Promise<Pack> {
  const rows = await tx<{ name: ColumnName; bytes: Buffer }[]>`
    select name, bytes from trace_pack_columns where pack_id = ${packId}`;
  const columns = Object.fromEntries(
    rows.map(({ name, bytes }) => [name, decodeColumn(name, bytes)]),
  ) as Columns;
  const terms = new Map<string, number[]>();
  const blocks = await tx<{ bytes: Buffer }[]>`
    select bytes from trace_pack_terms where pack_id = ${packId} order by first_term`;
  for (const { bytes } of blocks) {
    decodeBlock(bytes, (term, ordinals) => {
      terms.set(term, ordinals());
    });
  }
  return { count: columns.starts.length, columns, terms };
}

/** One bit an ordinal, from how a pack's row names them; null for none. */
export function bitsOfGone(gone: Buffer, count: number): Uint8Array | null {
  if (gone.length === 0) return null;
  const bits = new Uint8Array((count + 7) >>> 3);
  for (let at = 0; at < gone.length; at += 4) {
    const ordinal = gone.readUInt32LE(at);
    bits[ordinal >>> 3]! |= 1 << (ordinal & 7);
  }
  return bits;
}

export function isGone(bits: Uint8Array | null, ordinal: number): boolean {
  return bits !== null && ((bits[ordinal >>> 3]! >>> (ordinal & 7)) & 1) === 1;
}
