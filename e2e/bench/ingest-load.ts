import { connect, type Socket } from "node:net";
import { contentTypeOf } from "#lib/ingest/otlp/encode-response.ts";
import { type Body, type BodyKind, makeBodies } from "./otlp-bodies.ts";

/** A load of spans: `connections` each with one request at a time, for some seconds. */
export type IngestLoad = BodyKind & {
  port: number;
  authorization: string;
  connections: number;
  seconds: number;
};

export type IngestLoadResult = {
  /** Requests 0 to requests − 1 were sent and all acknowledged. */
  requests: number;
  spans: number;
  spansPerSecond: number;
  bytesPerSpan: number;
  p50AckMs: number;
  p99AckMs: number;
  maxAckMs: number;
  /** Processor time of this process for one span. */
  cpuUs: number;
};

/** The load generator's process: its parent sends it one load after the other, and gets a result or an error. */
process.on("message", async (load: IngestLoad) => {
  try {
    process.send!({ result: await run(load) });
  } catch (error) {
    process.send!({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.on("disconnect", () => process.exit(0));

const bodiesPerConnection = 3;

async function run(load: IngestLoad): Promise<IngestLoadResult> {
  const bodies = makeBodies(load, load.connections * bodiesPerConnection);
  const head = Buffer.from(
    `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${load.authorization}\r\n` +
      `content-type: ${contentTypeOf[load.encoding]}\r\n`,
  );
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(load.port)));
  const latenciesMs: number[] = [];
  let turn = 0;
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const endMs = startedMs + load.seconds * 1000;
  await Promise.all(
    sockets.map(async (socket, index) => {
      // A body is written over only once its request has been answered.
      const own = bodies.slice(index * bodiesPerConnection, (index + 1) * bodiesPerConnection);
      for (let round = 0; performance.now() < endMs; round++) {
        const body = own[round % own.length]!;
        const request = turn++;
        body.stamp(load.seed, request);
        const sentMs = performance.now();
        await send(socket, head, body);
        latenciesMs.push(performance.now() - sentMs);
      }
      socket.destroy();
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  const elapsedS = (performance.now() - startedMs) / 1000;
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  const bytes = bodies.reduce((sum, body) => sum + body.bytes.length, 0);
  return {
    requests: turn,
    spans: turn * load.spansPerRequest,
    spansPerSecond: (turn * load.spansPerRequest) / elapsedS,
    bytesPerSpan: bytes / bodies.length / load.spansPerRequest,
    p50AckMs: at(0.5),
    p99AckMs: at(0.99),
    maxAckMs: at(1),
    cpuUs: (user + system) / (turn * load.spansPerRequest),
  };
}

/** Resolves with the answer's arrival. Any answer but a full success is an error: nothing may be refused here. */
function send(socket: Socket, head: Buffer, body: Body): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const finish = (error?: Error) => {
      socket.off("data", read);
      socket.off("error", finish);
      socket.off("close", close);
      if (error) reject(error);
      else resolve();
    };
    const close = () => finish(new Error("The server closed a connection."));
    const read = (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      const headEnd = answer.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer)?.[1] ?? Number.NaN);
      if (!answer.startsWith("HTTP/1.1 200") || Number.isNaN(length)) {
        finish(new Error(`Not an acknowledgement: ${answer.slice(0, 500)}`));
      } else if (answer.length >= headEnd + 4 + length) {
        if (answer.includes("ejected")) finish(new Error(`Spans were rejected: ${answer.slice(headEnd)}`));
        else finish();
      }
    };
    socket.on("data", read);
    socket.on("error", finish);
    socket.on("close", close);
    socket.cork();
    socket.write(head);
    socket.write(`content-length: ${body.bytes.length}\r\n\r\n`);
    socket.write(body.bytes);
    socket.uncork();
  });
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
