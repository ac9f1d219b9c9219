import { readFile } from "node:fs/promises";
import { mutate, randomFrom, readBodies } from "#lib/ingest/otlp/mutate.fixture.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { startServerProcess } from "./running-server.ts";

export type MutationsResult = {
  bodies: number;
  /** Requests answered with each status. */
  statuses: Record<string, number>;
  serverErrors: number;
  /** What the server held after half of them, and after all. */
  rssMbHalfway: number;
  rssMb: number;
};

const connections = 8;

/** Mutated OTLP requests against a server process: `--bodies=N` (100,000), `--seed=N`. */
export async function run(options: string[]): Promise<MutationsResult> {
  const numberOf = (name: string, otherwise: number) =>
    Number(options.find((option) => option.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);
  const bodies = numberOf("bodies", 100_000);
  const random = randomFrom(numberOf("seed", Date.now() & 0xffffff));
  const server = await startServerProcess({ isMachineOnly: true });
  try {
    const { ctx } = await makeProject();
    const { authorization } = await makeApiKey(ctx, ["traces:write"]);
    const originals = readBodies();
    const statuses: Record<string, number> = {};
    let turn = 0;
    let rssMbHalfway = 0;
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (turn < bodies) {
          if (turn === Math.floor(bodies / 2)) rssMbHalfway = await rssMb(server.process.pid!);
          const { contentType, isLogs, bytes } = originals[turn++ % originals.length]!;
          const body = mutate(bytes, random);
          const response = await fetch(`http://127.0.0.1:${server.port}/v1/${isLogs ? "logs" : "traces"}`, {
            method: "POST",
            headers: { authorization, "content-type": contentType },
            body: Uint8Array.from(body),
          });
          await response.arrayBuffer();
          statuses[response.status] = (statuses[response.status] ?? 0) + 1;
          if (response.status >= 500) console.error(`${response.status}: ${body.toString("base64")}`);
          if (turn % 10_000 === 0) console.error(`${turn} sent`);
        }
      }),
    );
    const serverErrors = Object.entries(statuses).reduce(
      (sum, [status, count]) => (Number(status) >= 500 ? sum + count : sum),
      0,
    );
    return { bodies, statuses, serverErrors, rssMbHalfway, rssMb: await rssMb(server.process.pid!) };
  } finally {
    await server.discard();
  }
}

async function rssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}
