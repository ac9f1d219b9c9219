const utf8 = new TextEncoder();

/**
 * MurmurHash3_x86_32 over the UTF-8 bytes of the text: an unsigned 32-bit integer.
 * Source: Appleby, smhasher `src/MurmurHash3.cpp`. Unleash's normalized values are `murmur3(text) % 100 + 1`.
 */
export function murmur3(text: string, seed = 0): number {
  const bytes = utf8.encode(text);
  const tail = bytes.length & ~3;
  let hash = seed;
  for (let i = 0; i < tail; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = rotate(hash ^ scramble(word), 13);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = bytes.length - 1; i >= tail; i--) rest = (rest << 8) | bytes[i]!;
  if (bytes.length > tail) hash ^= scramble(rest);
  return finish(hash ^ bytes.length);
}

function scramble(word: number): number {
  return Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
