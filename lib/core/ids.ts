import { randomFillSync } from "node:crypto";

const pool = Buffer.alloc(4096);
let usedBytes = pool.length;

/** Random bytes from a pool: asking the system for 16 at a time cost a call of the gateway 27 µs. */
function randomBytes(count: number): Buffer {
  if (usedBytes + count > pool.length) {
    randomFillSync(pool);
    usedBytes = 0;
  }
  usedBytes += count;
  return Buffer.from(pool.subarray(usedBytes - count, usedBytes));
}

/**
 * A sortable unique id: UUID version 7 (RFC 9562 §5.7) as 36 lower-case characters. Rows made later sort later,
 * so index pages fill in order.
 */
export function newId(nowMs: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether `text` can be a Stemma id at all; what is not one is answered with 404 before any query. */
export function isId(text: string): boolean {
  return uuidPattern.test(text);
}

/** A W3C trace id: 16 random bytes as 32 lower-case hex characters. */
export function newTraceId(): string {
  return randomBytes(16).toString("hex");
}

/** A W3C span id: 8 random bytes as 16 lower-case hex characters. */
export function newSpanId(): string {
  return randomBytes(8).toString("hex");
}
