const utf8 = new TextEncoder();
const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const constants = Int32Array.from(
  { length: 64 },
  (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0,
);

/**
 * A unit's shard as Eppo's SDKs assign it: the first 32 bits of MD5(`salt-unit`), modulo the number of shards. A
 * variation owns ranges of shards. For tests that another tool has begun; our own tests hash by `bucketHash`.
 * Source: Eppo `sdk-test-data` (`ufc/tests`), `MD5Sharder`; RFC 1321.
 * @throws RangeError unless totalShards is a positive integer.
 */
export function md5Shard(salt: string, unit: string, totalShards: number): number {
  if (!Number.isInteger(totalShards) || totalShards < 1)
    throw new RangeError(`the number of shards must be a positive integer, got ${totalShards}`);
  return md5FirstWord(utf8.encode(`${salt}-${unit}`)) % totalShards;
}

/** The first eight hexadecimal digits of the MD5 digest, as a number. */
function md5FirstWord(message: Uint8Array): number {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, (message.length << 3) >>> 0, true);
  view.setUint32(padded.length - 4, Math.floor(message.length / 2 ** 29), true);
  let state: Words = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) {
    const mixed = mix(state, (word) => view.getInt32(at + 4 * word, true));
    state = state.map((value, i) => (value + mixed[i]!) | 0) as Words;
  }
  const digest = new DataView(new ArrayBuffer(4));
  digest.setInt32(0, state[0], true);
  return digest.getUint32(0);
}

type Words = [number, number, number, number];

function mix(state: Words, word: (index: number) => number): Words {
  let [a, b, c, d] = state;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const [f, index] =
      round === 0
        ? [(b & c) | (~b & d), i]
        : round === 1
          ? [(d & b) | (~d & c), (5 * i + 1) % 16]
          : round === 2
            ? [b ^ c ^ d, (3 * i + 5) % 16]
            : [c ^ (b | ~d), (7 * i) % 16];
    const sum = (a + f + constants[i]! + word(index)) | 0;
    const bits = shifts[4 * round + (i % 4)]!;
    [a, d, c, b] = [d, c, b, (b + ((sum << bits) | (sum >>> (32 - bits)))) | 0];
  }
  return [a, b, c, d];
}
