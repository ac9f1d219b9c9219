import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ChangeWatch, leaseMs, watchChanges } from "#lib/db/watch-changes.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { saveVersion } from "./save-version.ts";
import { contentOf } from "./testing-content.ts";

const database = useDatabase();

/** Stands between the watch and the database, so that the line can go silent without being cut. */
let line: { url: string; pause(): void; resume(): void; close(): void };
let watch: ChangeWatch;
let heard: string[];
let gaps: number;

beforeEach(async () => {
  line = await openLine(database.url());
  heard = [];
  gaps = 0;
  watch = watchChanges(line.url, "stemma_prompts", {
    onChange: (_, promptId) => heard.push(promptId),
    onGap: () => gaps++,
  });
  await expect.poll(() => watch.isCurrent(), { timeout: 15_000 }).toBe(true);
});

afterEach(async () => {
  await watch.stop();
  line.close();
});

test("it stays current on an open line, and hears of each change", async () => {
  const { ctx } = await makeProject();
  const { version } = await saveVersion(ctx, {
    name: "p",
    content: contentOf("one"),
    labels: ["production"],
  });
  await expect.poll(() => heard).toEqual([version.promptId]);
  const gapsBefore = gaps;
  await new Promise((resolve) => setTimeout(resolve, leaseMs + 500));
  expect([watch.isCurrent(), gaps]).toEqual([true, gapsBefore]);
});

test("on a line gone silent it stops being current within the lease, until the line speaks again", async () => {
  line.pause();
  const startedMs = performance.now();
  await expect.poll(() => watch.isCurrent(), { timeout: leaseMs + 1_000, interval: 10 }).toBe(false);
  expect(performance.now() - startedMs).toBeLessThan(leaseMs + 500);
  line.resume();
  await expect.poll(() => watch.isCurrent(), { timeout: 20_000 }).toBe(true);
});

test("it comes back to a database that was away for longer than a reconnect tries, all forgotten", async () => {
  const gapsBefore = gaps;
  line.close();
  await expect.poll(() => watch.isCurrent(), { timeout: leaseMs + 1_000 }).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  line = await openLine(database.url(), Number(new URL(line.url).port));
  await expect.poll(() => watch.isCurrent(), { timeout: 20_000 }).toBe(true);
  expect(gaps).toBeGreaterThan(gapsBefore);
});

async function openLine(target: string, port = 0) {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let isPaused = false;
  const server = createServer((near) => {
    const far = connect(Number(targetPort), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      if (isPaused) from.pause();
      from.on("data", (chunk) => to.write(chunk));
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
    }
    if (isPaused) for (const socket of [near, far]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const url = new URL(target);
  const address = server.address();
  url.port = String(typeof address === "object" && address ? address.port : port);
  return {
    url: url.href,
    pause: () => {
      isPaused = true;
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      isPaused = false;
      for (const socket of sockets) socket.resume();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
