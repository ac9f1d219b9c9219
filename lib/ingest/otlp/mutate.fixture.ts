import { readFileSync } from "node:fs";

/** A small generator of numbers in [0, 1) with a seed, so that a failure can be seen again (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The requests that real emitters sent. */
export function readBodies(): { contentType: string; isJson: boolean; isLogs: boolean; bytes: Buffer }[] {
  return readFileSync(new URL("../fixtures/otlp-emitters.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { ct: string; url: string; body: string })
    .map(({ ct, url, body }) => ({
      contentType: ct,
      isJson: ct.includes("json"),
      isLogs: url.endsWith("/logs"),
      bytes: Buffer.from(body, ct.includes("json") ? "utf8" : "base64"),
    }));
}

const splices = [
  "null",
  "{}",
  "[]",
  '""',
  "1e999",
  "-1",
  '"\\u0000"',
  "true",
  "\\",
  "[[[[[",
  '{"a":{"b":[]}}',
];

/** The body with a byte changed, its end cut off, some bytes dropped, or something put in. */
export function mutate(original: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * original.length);
  const kind = random();
  if (kind < 0.4) {
    const changed = Buffer.from(original);
    changed[at] = Math.floor(random() * 256);
    return changed;
  }
  if (kind < 0.6) return original.subarray(0, at);
  const length = Math.floor(random() * 40);
  const rest = original.subarray(at + length);
  if (kind < 0.8) return Buffer.concat([original.subarray(0, at), rest]);
  const splice = Buffer.from(splices[Math.floor(random() * splices.length)]!);
  return Buffer.concat([original.subarray(0, at), splice, rest]);
}
