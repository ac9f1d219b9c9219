import { createHash, randomBytes } from "node:crypto";

/** A stream of numbers in [0, 1). */
export type Draw = () => number;

/** The same key gives the same stream: sfc32 seeded with its SHA-256. */
export function drawsOf(...key: (string | number)[]): Draw {
  const seed = createHash("sha256").update(JSON.stringify(key)).digest();
  return sfc32(seed.readUInt32LE(0), seed.readUInt32LE(4), seed.readUInt32LE(8), seed.readUInt32LE(12));
}

/** A stream that no one can repeat. */
export function freshDraws(): Draw {
  const seed = randomBytes(16);
  return sfc32(seed.readUInt32LE(0), seed.readUInt32LE(4), seed.readUInt32LE(8), seed.readUInt32LE(12));
}

/** A standard normal deviate (Box & Muller 1958). */
export function normal(draw: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

// Chris Doty-Humphrey's sfc32 (PractRand), 128 bits of state.
function sfc32(a: number, b: number, c: number, counter: number): Draw {
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}
