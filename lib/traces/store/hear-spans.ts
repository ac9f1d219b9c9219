import { singleton } from "#lib/core/singleton.ts";
import { makeSql, type Sql, sql } from "#lib/db/postgres.ts";
import { databaseUrl } from "#lib/env.ts";

/**
 * The ear of this process: one connection that listens to `stemma_spans` (see `announceSpans`), shared by all who
 * follow traces, opened with the first of them and closed a while after the last has left.
 *
 * A LISTEN can end without a word. So every few seconds we send ourselves a notice over another connection; one that
 * does not come back means that others may have been missed: the ear is opened anew, and every mailbox is told that
 * it may have missed something, as it is after each LISTEN.
 */
type Ear = { client: Sql; heardAtMs: number; isListening: boolean; beat: NodeJS.Timeout };

/** What has changed in one project since it was last taken out. Holds a bounded number of ids, however slow its reader. */
export type Mailbox = {
  /** Resolves when there is something to take, when `ms` have passed, or at once after `close`. */
  wait(ms: number): Promise<void>;
  /** Empties it. `isPartial`: more has changed than `traceIds` tell. */
  take(): { traceIds: string[]; isPartial: boolean };
  /** Whether notices arrive: until then what changes may be missed. */
  isListening(): boolean;
  isClosed(): boolean;
  close(): void;
};

type Box = {
  projectId: string;
  traceIds: Set<string>;
  isPartial: boolean;
  isClosed: boolean;
  wake: () => void;
};

const hub = singleton("span-ear", () => ({
  boxes: new Set<Box>(),
  ear: undefined as Ear | undefined,
  url: "",
  closing: undefined as NodeJS.Timeout | undefined,
}));

const channel = "stemma_spans";
const traceIdsLimit = 500;
const beatMs = 5_000;
const silenceMs = 12_000;
const lingerMs = 15_000;
const beatWord = `beat-${crypto.randomUUID()}`;

/** How many follow traces in this process. */
export function countListeners(): number {
  return hub.boxes.size;
}

/**
 * Hears of every change of the project's spans, by whichever process, until `close`. It begins as partial, for what
 * was there before is not told: at once, or as soon as the ear is open. Never throws.
 */
export function openMailbox(projectId: string): Mailbox {
  openEar();
  const isPartial = hub.ear?.isListening ?? false;
  const box: Box = { projectId, traceIds: new Set(), isPartial, isClosed: false, wake: () => {} };
  hub.boxes.add(box);
  return {
    wait: (ms) => waitFor(box, ms),
    take() {
      const taken = { traceIds: [...box.traceIds], isPartial: box.isPartial };
      box.traceIds = new Set();
      box.isPartial = false;
      return taken;
    },
    isListening: () => hub.ear?.isListening ?? false,
    isClosed: () => box.isClosed,
    close: () => closeBox(box),
  };
}

/** Ends every mailbox and the connection; the next `openMailbox` opens it again. */
export async function stopHearing(): Promise<void> {
  for (const box of hub.boxes) closeBox(box);
  await closeEar();
}

function waitFor(box: Box, ms: number): Promise<void> {
  if (box.isClosed || box.isPartial || box.traceIds.size > 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      box.wake = () => {};
      resolve();
    }
    box.wake = done;
  });
}

function closeBox(box: Box): void {
  box.isClosed = true;
  box.traceIds.clear();
  hub.boxes.delete(box);
  box.wake();
  if (hub.boxes.size > 0) return;
  clearTimeout(hub.closing);
  hub.closing = setTimeout(() => hub.boxes.size === 0 && void closeEar(), lingerMs);
  hub.closing.unref();
}

function openEar(): void {
  const url = databaseUrl();
  clearTimeout(hub.closing);
  if (hub.ear && hub.url === url) return;
  void closeEar();
  hub.url = url;
  const beat = setInterval(() => keepHearing(url), beatMs);
  beat.unref();
  hub.ear = { client: connect(url), heardAtMs: performance.now(), isListening: false, beat };
}

function connect(url: string): Sql {
  const client = makeSql(url, { max: 1, keepsConnections: true });
  client.listen(channel, hear, onListening).catch(() => {});
  return client;
}

function keepHearing(url: string): void {
  const { ear } = hub;
  if (!ear) return;
  const nowMs = performance.now();
  if (nowMs - ear.heardAtMs > silenceMs) {
    ear.heardAtMs = nowMs;
    ear.isListening = false;
    void ear.client.end({ timeout: 0 }).catch(() => {});
    ear.client = connect(url);
  }
  sql()`select pg_notify(${channel}, ${beatWord})`.catch(() => {});
}

async function closeEar(): Promise<void> {
  const { ear } = hub;
  hub.ear = undefined;
  clearTimeout(hub.closing);
  if (!ear) return;
  clearInterval(ear.beat);
  await ear.client.end({ timeout: 1 }).catch(() => {});
}

function onListening(): void {
  if (hub.ear) {
    hub.ear.isListening = true;
    hub.ear.heardAtMs = performance.now();
  }
  for (const box of hub.boxes) {
    box.isPartial = true;
    box.wake();
  }
}

function hear(payload: string): void {
  if (hub.ear) hub.ear.heardAtMs = performance.now();
  if (hub.boxes.size === 0 || payload.startsWith("beat-")) return;
  const { projectId, traceIds, isPartial } = JSON.parse(payload) as {
    projectId: string;
    traceIds: string[];
    isPartial: boolean;
  };
  for (const box of hub.boxes) {
    if (box.projectId !== projectId) continue;
    for (const traceId of traceIds) box.traceIds.add(traceId);
    if (isPartial || box.traceIds.size > traceIdsLimit) {
      box.isPartial = true;
      box.traceIds.clear();
    }
    box.wake();
  }
}
