import { expect, test } from "vitest";
import { isAppError } from "#lib/core/errors.ts";
import { contentOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import { boundSpan } from "../bound-span.ts";
import { decodeLogsJson, decodeTracesJson } from "./decode-json.ts";
import { decodeLogsProtobuf, decodeTracesProtobuf } from "./decode-protobuf.ts";
import { mutate, randomFrom, readBodies } from "./mutate.fixture.ts";
import { toEvents } from "./to-events.ts";
import { toSpans } from "./to-spans.ts";

const bodies = readBodies();

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
