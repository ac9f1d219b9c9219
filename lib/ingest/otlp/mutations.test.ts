import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isAppError } from "#lib/core/errors.ts";
import { contentOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import { boundSpan } from "../bound-span.ts";
import { decodeLogsJson, decodeTracesJson } from "./decode-json.ts";
import { decodeLogsProtobuf, decodeTracesProtobuf } from "./decode-protobuf.ts";
import { toEvents } from "./to-events.ts";
import { toSpans } from "./to-spans.ts";

/** A small generator of numbers in [0, 1) with a seed, so that a failure can be seen again (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const bodies = readFileSync(new URL("../fixtures/otlp-emitters.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { ct: string; url: string; body: string })
  .map(({ ct, url, body }) => ({
    isJson: ct.includes("json"),
    isLogs: url.endsWith("/logs"),
    bytes: Buffer.from(body, ct.includes("json") ? "utf8" : "base64"),
  }));

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

function mutate(original: Buffer, random: () => number): Buffer {
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

test("mutated bodies are read or refused as invalid input, never otherwise", () => {
  const random = randomFrom(20_261_123);
  let refused = 0;
  let read = 0;
  for (let i = 0; i < 4000; i++) {
    const { isJson, isLogs, bytes } = bodies[i % bodies.length]!;
    const body = mutate(bytes, random);
    try {
      if (isLogs) toEvents(isJson ? decodeLogsJson(body.toString()) : decodeLogsProtobuf(body));
      else {
        const { spans } = toSpans(isJson ? decodeTracesJson(body.toString()) : decodeTracesProtobuf(body));
        for (const span of spans) {
          boundSpan(span);
          contentOfRaw(span);
        }
      }
      read++;
    } catch (error) {
      if (!isAppError(error) || error.code !== "invalid_input") throw error;
      refused++;
    }
  }
  expect(read).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(200);
});
