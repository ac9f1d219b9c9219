import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { AppError } from "#lib/core/errors.ts";

/** An answer before it is one of Node's or the web's: whole, or piece by piece as it comes. */
export type Answer = {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array | AsyncGenerator<Uint8Array, void> | null;
};

/** A request and its answer as Node has them. */
export type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse };

export function toWebResponse({ status, headers, body }: Answer): Response {
  const content = isWhole(body) ? body : Readable.toWeb(Readable.from(body));
  return new Response(content as BodyInit | null, { status, headers });
}

const joinedBytes = 64 * 1024;

/** Sends an answer; one that breaks off as it comes takes the connection with it. */
export async function sendAnswer({ outgoing }: Exchange, { status, headers, body }: Answer): Promise<void> {
  if (isWhole(body)) {
    if (status !== 304) headers["content-length"] = String(body === null ? 0 : Buffer.byteLength(body));
    outgoing.writeHead(status, headers);
    // Head and text go out in one write, head and bytes in two.
    if (body instanceof Uint8Array && body.byteLength <= joinedBytes) {
      outgoing.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1"), "latin1");
    } else outgoing.end(body ?? undefined);
    return;
  }
  outgoing.writeHead(status, headers);
  // Some clients wait for the headers before they listen.
  outgoing.flushHeaders();
  try {
    for await (const chunk of body) {
      if (outgoing.destroyed) break;
      if (!outgoing.write(chunk)) await drained(outgoing);
    }
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
}

/** Aborts when the caller goes away before it has its answer. */
export function callerSignal({ outgoing }: Exchange): AbortSignal {
  const controller = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) controller.abort();
  });
  return controller.signal;
}

export function headersOf({ incoming }: Exchange): { get(name: string): string | null } {
  return {
    get: (name) => {
      const value = incoming.headers[name];
      return typeof value === "string" ? value : (value?.join(", ") ?? null);
    },
  };
}

/** The request's body. Throws `too_large` before more than `limitBytes` are held. */
export function readBytes({ incoming }: Exchange, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const tooLarge = () => new AppError("too_large", `The body is over ${limitBytes} bytes.`);
    if (Number(incoming.headers["content-length"] ?? 0) > limitBytes) reject(tooLarge());
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) chunks.push(chunk);
      else {
        incoming.off("data", take).pause();
        reject(tooLarge());
      }
    };
    incoming.on("data", take);
    incoming.once("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    incoming.once("error", reject);
  });
}

function isWhole(body: Answer["body"]): body is string | Uint8Array | null {
  return body === null || typeof body === "string" || body instanceof Uint8Array;
}

/** Resolves when more can be written, or no more ever will. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    outgoing.once("drain", done).once("close", done);
  });
}
