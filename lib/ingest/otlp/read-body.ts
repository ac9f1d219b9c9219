import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { AppError } from "#lib/core/errors.ts";
import type { BodyHold } from "./hold-body.ts";

const unzip = promisify(gunzip);
/** How much larger telemetry mostly is once decompressed. */
const usualRatio = 8;

/**
 * The body's bytes, decompressed. Both sizes are limited while they are read, since exporters send chunked bodies
 * of no declared length: throws `too_large` before more than `limitBytes` are held, `invalid_input` where the
 * bytes are no gzip, `unsupported_media_type` for any other encoding, `unavailable` where all requests together
 * would hold more than `hold` allows.
 */
export async function readBody(
  chunks: AsyncIterable<Uint8Array> | null,
  headers: { contentEncoding: string | undefined; contentLength: string | undefined },
  limitBytes: number,
  hold: BodyHold,
): Promise<Buffer> {
  const encoding = (headers.contentEncoding ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip" && encoding !== "none" && encoding !== "") {
    throw new AppError(
      "unsupported_media_type",
      `Content-Encoding ${encoding} is not supported: send gzip or none.`,
    );
  }
  if (Number(headers.contentLength ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const body = await collect(chunks, limitBytes, hold);
  return encoding === "gzip" ? decompress(body, limitBytes, hold) : body;
}

async function collect(
  chunks: AsyncIterable<Uint8Array> | null,
  limitBytes: number,
  hold: BodyHold,
): Promise<Buffer> {
  const received: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks ?? []) {
    length += chunk.byteLength;
    if (length > limitBytes) throw tooLarge(limitBytes);
    hold.add(chunk.byteLength);
    received.push(chunk);
  }
  return received.length === 1 && Buffer.isBuffer(received[0])
    ? received[0]
    : Buffer.concat(received, length);
}

async function decompress(body: Buffer, limitBytes: number, hold: BodyHold): Promise<Buffer> {
  // Held before it is there: many at once must not find out only when all of them are in memory.
  hold.add(Math.min(limitBytes, body.length * usualRatio));
  try {
    return await unzip(body, { maxOutputLength: limitBytes });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") {
      throw tooLarge(limitBytes);
    }
    throw new AppError("invalid_input", "The body is not gzip, though its Content-Encoding says so.", {
      cause,
    });
  }
}

function tooLarge(limitBytes: number): AppError {
  return new AppError("too_large", `The body is over ${limitBytes} bytes, as sent or decompressed.`);
}
