/**
 * An inverted index in blocks of a few kilobytes, for rows of a table: terms in order (of their UTF-16 code units,
 * which their key bytes keep), each with the ordinals of the traces it is in. A lookup reads the one block whose
 * first term is the last at or before the term; a prefix reads on from there.
 *
 * A block is a run of entries: how many characters are shared with the term before, the rest's length in bytes and
 * the rest in UTF-8, the ordinals' length in bytes with a bit for their form, the ordinals. Numbers are LEB128.
 * Ordinals are differences, or bits where that is shorter.
 */
export type TermBlock = { firstTerm: string; bytes: Buffer };

const targetBytes = 3000;

/** Blocks of these terms; each list of ordinals is ascending and below `traceCount`. */
export function encodeTerms(terms: ReadonlyMap<string, readonly number[]>, traceCount: number): TermBlock[] {
  const sorted = [...terms.keys()].sort(byCodeUnits);
  const blocks: TermBlock[] = [];
  let writer = new Writer();
  let firstTerm = "";
  let previous = "";
  const close = () => {
    if (writer.length > 0) blocks.push({ firstTerm, bytes: writer.bytes() });
    writer = new Writer();
    previous = "";
  };
  for (const term of sorted) {
    const ordinals = terms.get(term)!;
    if (writer.length > 0 && writer.length + ordinals.length > targetBytes) close();
    if (writer.length === 0) firstTerm = term;
    let shared = 0;
    while (shared < previous.length && shared < term.length && previous[shared] === term[shared]) shared++;
    // A pair of surrogates is never cut: its halves alone have no UTF-8.
    if (shared > 0 && /[\ud800-\udbff]/.test(term[shared - 1]!)) shared--;
    writer.number(shared);
    writer.text(term.slice(shared));
    writer.ordinals(ordinals, traceCount);
    previous = term;
  }
  close();
  return blocks;
}

/** Calls `onTerm` with each term of a block and a function that gives its ordinals. */
export function decodeBlock(bytes: Uint8Array, onTerm: (term: string, ordinals: () => number[]) => void) {
  const reader = new Reader(bytes);
  let previous = "";
  while (!reader.isAtEnd) {
    const shared = reader.number();
    const term = previous.slice(0, shared) + reader.text();
    const start = reader.position;
    reader.skipOrdinals();
    onTerm(term, () => new Reader(bytes, start).ordinals());
    previous = term;
  }
}

/** A term as bytes whose order is the terms'. */
export function termKey(term: string): Buffer {
  return Buffer.from(term, "utf16le").swap16();
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

class Writer {
  #bytes = Buffer.allocUnsafe(4096);
  length = 0;

  bytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.length));
  }

  number(value: number): void {
    this.#reserve(5);
    let left = value;
    while (left > 127) {
      this.#bytes[this.length++] = (left & 127) | 128;
      left >>>= 7;
    }
    this.#bytes[this.length++] = left;
  }

  text(value: string): void {
    const byteLength = Buffer.byteLength(value);
    this.number(byteLength);
    this.#reserve(byteLength);
    this.length += this.#bytes.write(value, this.length, "utf8");
  }

  ordinals(ordinals: readonly number[], traceCount: number): void {
    const bitBytes = (traceCount + 7) >>> 3;
    let [byteLength, previous] = [0, -1];
    for (const ordinal of ordinals) {
      const step = ordinal - previous - 1;
      byteLength += step < 128 ? 1 : step < 16_384 ? 2 : 3;
      previous = ordinal;
    }
    if (bitBytes < byteLength) {
      this.number(bitBytes * 2 + 1);
      this.#reserve(bitBytes);
      this.#bytes.fill(0, this.length, this.length + bitBytes);
      for (const ordinal of ordinals) this.#bytes[this.length + (ordinal >>> 3)]! |= 1 << (ordinal & 7);
      this.length += bitBytes;
      return;
    }
    this.number(byteLength * 2);
    previous = -1;
    for (const ordinal of ordinals) {
      this.number(ordinal - previous - 1);
      previous = ordinal;
    }
  }

  #reserve(byteCount: number): void {
    if (this.length + byteCount <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.length + byteCount, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}

class Reader {
  readonly #bytes: Buffer;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  get isAtEnd(): boolean {
    return this.position >= this.#bytes.length;
  }

  number(): number {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.#bytes[this.position++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
      shift += 7;
    }
  }

  text(): string {
    const byteLength = this.number();
    this.position += byteLength;
    return this.#bytes.toString("utf8", this.position - byteLength, this.position);
  }

  skipOrdinals(): void {
    const form = this.number();
    this.position += form >>> 1;
  }

  ordinals(): number[] {
    const form = this.number();
    const end = this.position + (form >>> 1);
    const ordinals: number[] = [];
    if (form & 1) {
      for (let at = 0; this.position < end; at += 8) {
        const byte = this.#bytes[this.position++]!;
        for (let bit = 0; byte >>> bit !== 0; bit++) if ((byte >>> bit) & 1) ordinals.push(at + bit);
      }
      return ordinals;
    }
    for (let previous = -1; this.position < end; ) {
      previous += this.number() + 1;
      ordinals.push(previous);
    }
    return ordinals;
  }
}
