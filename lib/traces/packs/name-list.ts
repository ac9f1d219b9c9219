/** Names in the order of their bytes, looked up without making strings of them. */
export class NameList {
  readonly bytes: Buffer;
  readonly count: number;
  readonly #offsets: Uint32Array;
  readonly #names: Buffer;

  /** `bytes` as `NameList.of` made them: the count, an offset for each and the end, the names in UTF-8. */
  constructor(bytes: Buffer) {
    this.bytes = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(bytes);
    const words = new Uint32Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength >>> 2);
    this.count = words[0] ?? 0;
    this.#offsets = words.subarray(1, this.count + 2);
    this.#names = this.bytes.subarray(4 * (this.count + 2));
  }

  /** Of distinct names. */
  static of(names: Iterable<string>): NameList {
    const sorted = [...names].map((name) => Buffer.from(name)).sort(Buffer.compare);
    const header = new Uint32Array(sorted.length + 2);
    header[0] = sorted.length;
    let end = 0;
    for (const [index, name] of sorted.entries()) {
      end += name.length;
      header[index + 2] = end;
    }
    return new NameList(Buffer.concat([Buffer.from(header.buffer), ...sorted]));
  }

  at(index: number): string {
    return this.#names.toString("utf8", this.#offsets[index], this.#offsets[index + 1]);
  }

  /** Where the name is; -1 if it is not. */
  find(name: Buffer): number {
    let [low, high] = [0, this.count - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.#names.compare(
        name,
        0,
        name.length,
        this.#offsets[middle],
        this.#offsets[middle + 1],
      );
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
