import { connect, type Socket } from "node:net";

export type Load = {
  port: number;
  /** Whole requests, headers included; taken in turn. */
  requests: readonly Buffer[];
  connections: number;
  seconds: number;
  /**
   * Requests a second over all connections, on a fixed schedule: a request that is due while its connection still
   * waits is timed from when it was due. Without it each connection sends as soon as it has its answer.
   */
  perSecond?: number;
};

export type LoadResult = { perSecond: number; p50Ms: number; p99Ms: number; maxMs: number };

/**
 * Sends over every connection one request at a time (no pipelining) for some seconds, and times each from its first
 * byte sent (or due) to its last byte received. Throws at the first answer that is not a 200 with a Content-Length.
 */
export async function load({ port, requests, connections, seconds, perSecond }: Load): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  let turn = 0;
  const due: { atMs: number; send: () => void }[] = [];
  const everyMs = perSecond ? (connections * 1000) / perSecond : 0;
  const drive = async (_: unknown, index: number) => {
    const socket = await open(port);
    try {
      await new Promise<void>((resolve, reject) => {
        const answer = new AnswerReader();
        let sentMs = startedMs + (index * everyMs) / connections;
        const send = () => {
          if (!perSecond) sentMs = performance.now();
          socket.write(requests[turn++ % requests.length]!);
        };
        socket.once("error", reject);
        socket.once("close", () => reject(new Error("The server closed a connection.")));
        socket.on("data", (chunk) => {
          try {
            if (!answer.isWholeWith(chunk)) return;
          } catch (error) {
            reject(error);
            return;
          }
          const nowMs = performance.now();
          latenciesMs.push(nowMs - sentMs);
          if (nowMs >= endMs) resolve();
          else if (!perSecond) send();
          else {
            sentMs += everyMs;
            if (sentMs <= nowMs) send();
            else due.push({ atMs: sentMs, send });
          }
        });
        send();
      });
    } finally {
      socket.destroy();
    }
  };
  // A generator that sleeps between answers has the server pay for waking it: on a virtual machine of two cores the
  // median was 0.74 ms with a sleeping one and 0.36 ms with this, of the same server.
  let isBusy = true;
  const stayAwake = () => {
    const nowMs = performance.now();
    for (let index = due.length - 1; index >= 0; index--) {
      if (due[index]!.atMs <= nowMs) due.splice(index, 1)[0]!.send();
    }
    if (isBusy) setImmediate(stayAwake);
  };
  stayAwake();
  try {
    await Promise.all(Array.from({ length: connections }, drive));
  } finally {
    isBusy = false;
  }
  const elapsedS = (performance.now() - startedMs) / 1000;
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { perSecond: sorted.length / elapsedS, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

/** A GET as it goes over the wire. */
export function get(path: string, headers: Record<string, string>): Buffer {
  const lines = Object.entries({ host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

/** Tells where an answer ends. */
class AnswerReader {
  #pending: Buffer | null = null;
  #missingBytes = 0;

  isWholeWith(chunk: Buffer): boolean {
    if (this.#missingBytes > 0) {
      this.#missingBytes -= chunk.length;
      return this.#missingBytes === 0;
    }
    const bytes = this.#pending ? Buffer.concat([this.#pending, chunk]) : chunk;
    const headEnd = bytes.indexOf("\r\n\r\n");
    if (headEnd < 0) {
      this.#pending = bytes;
      return false;
    }
    this.#pending = null;
    const head = bytes.toString("latin1", 0, headEnd);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (!head.startsWith("HTTP/1.1 200") || length === undefined) throw new Error(`Not an answer: ${head}`);
    this.#missingBytes = headEnd + 4 + Number(length) - bytes.length;
    return this.#missingBytes === 0;
  }
}
