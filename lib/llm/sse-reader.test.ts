import { expect, test } from "vitest";
import { SseReader } from "./sse-reader.ts";

const stream =
  'data: {"a":"é日"}\r\n\r\n: comment\nevent: x\ndata: one\ndata: two\n\ndata:[DONE]\r\rdata: last';
const expected = ['{"a":"é日"}', "one\ntwo", "[DONE]", "last"];

test("events are the same however the bytes are split", () => {
  const bytes = new TextEncoder().encode(stream);
  for (let size = 1; size <= bytes.length; size++) {
    const reader = new SseReader();
    const events: string[] = [];
    for (let start = 0; start < bytes.length; start += size)
      events.push(...reader.push(bytes.subarray(start, start + size)));
    events.push(...reader.end());
    expect(events, `pieces of ${size} bytes`).toEqual(expected);
  }
});
