import { makeSql, type Sql } from "./postgres.ts";

/**
 * Listens to a channel on which the database tells every change of something (the triggers of the migrations
 * `…_notify`), and knows when it may not have heard one.
 *
 * A LISTEN can end without a word: the connection is cut, a fail-over, a pooler that forgets it. So every second
 * we send ourselves a notice over another connection. PostgreSQL delivers notices in the order of their commits;
 * one of ours heard means that everything committed before it was sent has been heard as well. From the moment it
 * was sent we are current for `leaseMs`; when that has run out, whoever remembers must stop using what it
 * remembers, and `onGap` has it forget them before we are current again. Nothing is ever staler than `leaseMs`.
 */
export type ChangeWatch = {
  /** Whether every change older than `leaseMs` has been heard. */
  isCurrent(): boolean;
  stop(): Promise<void>;
};

export type ChangeHandlers = {
  /** Something of this project has changed; `what` is the channel's own. */
  onChange(projectId: string, what: string): void;
  /** Changes may have been missed. */
  onGap(): void;
};

const beatMs = 1_000;
export const leaseMs = 3_000;

/** Starts to listen on two connections of its own; never throws, it goes on trying. */
export function watchChanges(databaseUrl: string, channel: string, handlers: ChangeHandlers): ChangeWatch {
  const self = `beat-${crypto.randomUUID()}`;
  let client = connect();
  let currentUntilMs = -1;
  let restartAtMs = performance.now() + leaseMs;

  function connect(): Sql {
    const fresh = makeSql(databaseUrl, { max: 1, keepsConnections: true });
    // The second callback comes with each LISTEN: of what was told before it we know nothing.
    fresh.listen(channel, hear, handlers.onGap).catch(() => {});
    return fresh;
  }

  function hear(payload: string): void {
    const [first = "", second = ""] = payload.split(" ");
    if (first.startsWith("beat-")) {
      if (first === self) extend(Number(second));
    } else handlers.onChange(first, second);
  }

  function extend(sentAtMs: number): void {
    if (sentAtMs > currentUntilMs) handlers.onGap();
    currentUntilMs = sentAtMs + leaseMs;
    restartAtMs = currentUntilMs;
  }

  function beat(): void {
    const nowMs = performance.now();
    if (nowMs > restartAtMs) {
      restartAtMs = nowMs + leaseMs;
      void client.end({ timeout: 0 }).catch(() => {});
      client = connect();
    }
    client.notify(channel, `${self} ${nowMs}`).catch(() => {});
  }

  beat();
  const timer = setInterval(beat, beatMs);
  timer.unref();
  return {
    isCurrent: () => performance.now() < currentUntilMs,
    async stop() {
      clearInterval(timer);
      currentUntilMs = -1;
      await client.end({ timeout: 1 }).catch(() => {});
    },
  };
}
