import type { Writable } from "node:stream";
import type { Sql } from "./postgres.ts";

/**
 * COPY … FROM STDIN in PostgreSQL's binary format, the one door to it: no text is escaped here or parsed there.
 * A `CopyBuffer` encodes rows; `copyInto` sends buffers of the same table as one COPY.
 */
export class CopyBuffer {
  #bytes: Buffer;
  #length = 0;
  #lastUuid = "";
  #lastUuidBytes = Buffer.alloc(0);

  /** `expectedBytes`: it grows past them, by copying. */
  constructor(expectedBytes = 16 * 1024) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes);
  }

  /** Rows encoded so far. */
  rowCount = 0;

  get byteLength(): number {
    return this.#length;
  }

  /** The encoded rows, without the format's header and trailer. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  startRow(columnCount: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeInt16BE(columnCount, this.#length);
    this.rowCount++;
  }

  none(): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32BE(-1, this.#length);
  }

  /** Text and json. PostgreSQL can't store U+0000 in text: it is left out. */
  text(value: string | null): void {
    if (value === null) {
      this.none();
      return;
    }
    // UTF-8 takes at most 3 bytes for each UTF-16 code unit.
    this.#reserve(4 + value.length * 3);
    if (value.length <= shortLength && this.#shortAscii(value)) return;
    const clean = value.includes("\0") ? value.replaceAll("\0", "") : value;
    const written = this.#bytes.write(clean, this.#length + 4, "utf8");
    this.#bytes.writeInt32BE(written, this.#length);
    this.#length += 4 + written;
  }

  bytea(value: Buffer): void {
    this.#reserve(4 + value.length);
    this.#length = this.#bytes.writeInt32BE(value.length, this.#length);
    value.copy(this.#bytes, this.#length);
    this.#length += value.length;
  }

  /** Most columns are a word: written here they take a fifth of a call into the runtime. */
  #shortAscii(value: string): boolean {
    const bytes = this.#bytes;
    const from = this.#length + 4;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code === 0 || code > 127) return false;
      bytes[from + index] = code;
    }
    bytes.writeInt32BE(value.length, this.#length);
    this.#length = from + value.length;
    return true;
  }

  texts(values: readonly string[] | null): void {
    if (values === null) {
      this.none();
      return;
    }
    const start = this.#length;
    this.#reserve(4 + 20);
    this.#bytes.writeInt32BE(values.length > 0 ? 1 : 0, start + 4);
    this.#bytes.writeInt32BE(0, start + 8);
    this.#bytes.writeInt32BE(textOid, start + 12);
    this.#length = start + 16;
    if (values.length > 0) {
      this.#bytes.writeInt32BE(values.length, start + 16);
      this.#bytes.writeInt32BE(1, start + 20);
      this.#length = start + 24;
      for (const value of values) this.text(value);
    }
    this.#bytes.writeInt32BE(this.#length - start - 4, start);
  }

  /** A uuid from 32 hexadecimal characters, with hyphens or without. */
  uuid(value: string | null): void {
    if (value === null) {
      this.none();
      return;
    }
    if (value.length !== 36) {
      this.hex(value);
      return;
    }
    // With hyphens are our own ids: a project's or a version's, the same on row after row.
    if (value !== this.#lastUuid) {
      this.#lastUuid = value;
      this.#lastUuidBytes = Buffer.from(value.replaceAll("-", ""), "hex");
    }
    const bytes = this.#lastUuidBytes;
    this.#reserve(4 + bytes.length);
    this.#length = this.#bytes.writeInt32BE(bytes.length, this.#length);
    bytes.copy(this.#bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A bytea (or uuid) from hexadecimal characters. */
  hex(value: string | null): void {
    if (value === null) {
      this.none();
      return;
    }
    this.#reserve(4 + value.length / 2);
    this.#length = this.#bytes.writeInt32BE(value.length / 2, this.#length);
    this.#length += this.#bytes.write(value, this.#length, "hex");
  }

  boolean(value: boolean): void {
    this.#reserve(5);
    this.#length = this.#bytes.writeInt32BE(1, this.#length);
    this.#length = this.#bytes.writeUInt8(value ? 1 : 0, this.#length);
  }

  smallint(value: number): void {
    this.#reserve(6);
    this.#length = this.#bytes.writeInt32BE(2, this.#length);
    this.#length = this.#bytes.writeInt16BE(value, this.#length);
  }

  integer(value: number | null): void {
    if (value === null) {
      this.none();
      return;
    }
    this.#reserve(8);
    this.#length = this.#bytes.writeInt32BE(4, this.#length);
    this.#length = this.#bytes.writeInt32BE(value, this.#length);
  }

  bigint(value: number | null): void {
    if (value === null) {
      this.none();
      return;
    }
    this.#reserve(12);
    this.#length = this.#bytes.writeInt32BE(8, this.#length);
    this.#bytes.writeInt32BE(Math.floor(value / 2 ** 32), this.#length);
    this.#bytes.writeUInt32BE(((value % 2 ** 32) + 2 ** 32) % 2 ** 32, this.#length + 4);
    this.#length += 8;
  }

  double(value: number | null): void {
    if (value === null) {
      this.none();
      return;
    }
    this.#reserve(12);
    this.#length = this.#bytes.writeInt32BE(8, this.#length);
    this.#length = this.#bytes.writeDoubleBE(value, this.#length);
  }

  /** A timestamptz from microseconds since the Unix epoch. */
  timestamp(microseconds: number): void {
    this.bigint(microseconds - epoch2000Us);
  }

  #reserve(byteCount: number): void {
    const needed = this.#length + byteCount;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const shortLength = 40;
const textOid = 25;
const epoch2000Us = 946_684_800_000_000;
const header = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
const trailer = Buffer.from([0xff, 0xff]);

/**
 * Sends the rows as one COPY. Rejects with PostgreSQL's own error (23505 for a duplicate key), after which the
 * transaction can be rolled back.
 *
 * postgres 3.4.9 resolves the query with its stream and then has nobody to tell of a later error: a rejected COPY
 * would never settle, nor its transaction roll back (porsager/postgres#1173). So the query's own `reject` is
 * wrapped before the stream is asked for, and raced with the stream's end.
 */
export async function copyInto(
  tx: Sql,
  table: string,
  columns: readonly string[],
  rows: readonly Buffer[],
): Promise<void> {
  const query = tx.unsafe(`copy ${table} (${columns.join(", ")}) from stdin (format binary)`);
  const settable = query as unknown as { reject: (error: unknown) => void };
  const rejectQuery = settable.reject;
  let refuse: (error: unknown) => void = () => {};
  const refused = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  refused.catch(() => {});
  settable.reject = (error) => {
    refuse(error);
    rejectQuery(error);
  };
  const stream = await Promise.race([query.writable(), refused]);
  await Promise.race([refused, send(stream, [header, ...rows, trailer])]);
}

function send(stream: Writable, chunks: Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.once("finish", resolve);
    stream.cork();
    for (const chunk of chunks) stream.write(chunk);
    stream.uncork();
    stream.end();
  });
}
