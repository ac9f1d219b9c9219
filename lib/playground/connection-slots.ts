import { singleton } from "#lib/core/singleton.ts";

/** Calls of the playground at one connection at a time, all people's runs together: providers refuse bursts. */
export const slotsPerConnection = 8;

type Waiting = { start: () => void };
type Connection = { busy: number; queue: Waiting[] };
const connections = singleton("playground-slots", () => new Map<string, Connection>());

/**
 * Waits for one of the connection's slots, first come first served; resolves with the function that gives it back.
 * Rejects with the signal's reason when that is aborted first.
 */
export async function takeSlot(connectionId: string, signal: AbortSignal): Promise<() => void> {
  signal.throwIfAborted();
  const connection = connections.get(connectionId) ?? { busy: 0, queue: [] };
  connections.set(connectionId, connection);
  if (connection.busy >= slotsPerConnection) await waitFor(connection, signal);
  else connection.busy += 1;
  let isBack = false;
  return () => {
    if (isBack) return;
    isBack = true;
    giveBack(connectionId, connection);
  };
}

function waitFor({ queue }: Connection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting = {
      start: () => {
        signal.removeEventListener("abort", leave);
        resolve();
      },
    };
    const leave = () => {
      queue.splice(queue.indexOf(waiting), 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    queue.push(waiting);
  });
}

/** The slot goes to the next in the queue, which is why `busy` stays as it is then. */
function giveBack(connectionId: string, connection: Connection): void {
  const next = connection.queue.shift();
  if (next) next.start();
  else if (--connection.busy === 0) connections.delete(connectionId);
}
