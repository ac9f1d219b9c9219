/** A set of 16-byte ids as they lie one after another in bytes: built and asked without making a string of any. */
export class IdSet {
  readonly size: number;
  readonly #ids: Uint32Array;
  readonly #slots: Int32Array;
  readonly #mask: number;

  /** `bytes` holds 16 for each id; one that is there twice counts twice in `size`. */
  constructor(bytes: Uint8Array) {
    this.#ids = toWords(bytes);
    this.size = this.#ids.length / 4;
    let capacity = 16;
    while (capacity < this.size * 2) capacity *= 2;
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity);
    for (let i = 0; i < this.size; i++) {
      let slot = slotOf(this.#ids, i) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = i + 1;
    }
  }

  static ofHex(ids: Iterable<string>): IdSet {
    return new IdSet(Buffer.from([...ids].map((id) => id.replaceAll("-", "")).join(""), "hex"));
  }

  /** Whether the id at `ordinal` of `ids` (as `toWords` gives them) is in the set. */
  has(ids: Uint32Array, ordinal: number): boolean {
    const at = ordinal * 4;
    let slot = slotOf(ids, ordinal) & this.#mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      const own = (entry - 1) * 4;
      if (
        this.#ids[own] === ids[at] &&
        this.#ids[own + 1] === ids[at + 1] &&
        this.#ids[own + 2] === ids[at + 2] &&
        this.#ids[own + 3] === ids[at + 3]
      ) {
        return true;
      }
      slot = (slot + 1) & this.#mask;
    }
    return false;
  }
}

/** The same bytes as 32-bit words, four an id; copied only where they are not aligned. */
export function toWords(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2);
}

/** The id at `ordinal` as 32 hexadecimal characters. */
export function idAt(ids: Uint32Array, ordinal: number): string {
  return Buffer.from(ids.buffer, ids.byteOffset + ordinal * 16, 16).toString("hex");
}

/** Some emitters' ids begin with the time, so all four words are mixed (as in MurmurHash3's finalizer). */
function slotOf(ids: Uint32Array, ordinal: number): number {
  const at = ordinal * 4;
  let hash = ids[at]! ^ Math.imul(ids[at + 1]!, 0x85ebca6b);
  hash ^= Math.imul(ids[at + 2]!, 0xc2b2ae35) ^ Math.imul(ids[at + 3]!, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
