/**
 * Counts of positive numbers by their leading bits: 128 bins between each power of two and the next, so that a
 * quantile is off by at most 0.4 %, and by nothing where all values of a slice are one. For each of several slices.
 */
export class Histogram {
  readonly #counts: Uint32Array;
  readonly #totals: Uint32Array;
  readonly #least: Float64Array;
  readonly #most: Float64Array;
  readonly #value = new Float64Array(1);
  readonly #words = new Uint32Array(this.#value.buffer);

  constructor(slices: number) {
    this.#counts = new Uint32Array(slices * binCount);
    this.#totals = new Uint32Array(slices);
    this.#least = new Float64Array(slices).fill(Number.POSITIVE_INFINITY);
    this.#most = new Float64Array(slices);
  }

  add(slice: number, value: number): void {
    this.#counts[slice * binCount + this.#binOf(value)]!++;
    this.#totals[slice]!++;
    if (value < this.#least[slice]!) this.#least[slice] = value;
    if (value > this.#most[slice]!) this.#most[slice] = value;
  }

  /** The value that this share of the slice's values are at or below; null of an empty slice. */
  quantile(slice: number, share: number): number | null {
    const total = this.#totals[slice]!;
    if (total === 0) return null;
    let left = Math.ceil(share * total);
    let bin = 0;
    for (; bin < binCount; bin++) {
      left -= this.#counts[slice * binCount + bin]!;
      if (left <= 0) break;
    }
    return Math.min(this.#most[slice]!, Math.max(this.#least[slice]!, this.#middleOf(bin)));
  }

  /** An IEEE 754 double's exponent and first seven bits of its fraction are its logarithm, near enough, for free. */
  #binOf(value: number): number {
    this.#value[0] = value;
    const bin = (this.#words[1]! >>> 13) - firstBin;
    return bin < 0 ? 0 : bin >= binCount ? binCount - 1 : bin;
  }

  #middleOf(bin: number): number {
    this.#words[0] = 0;
    this.#words[1] = ((bin + firstBin) << 13) | (1 << 12);
    return this.#value[0]!;
  }
}

/** From 1 to 2^40: microseconds up to twelve days. */
const firstBin = 1023 << 7;
const binCount = 40 << 7;
