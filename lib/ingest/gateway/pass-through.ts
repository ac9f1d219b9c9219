import type { Readable } from "node:stream";
import { SseReader } from "#lib/llm/sse-reader.ts";
import type { Observed, Observer } from "./endpoints.ts";
import type { Outcome } from "./to-span.ts";
import { canceled, type Watch } from "./watch.ts";

type Finish = (observed: Observed, failure: Outcome["failure"], timeToFirstTokenMs: number | null) => void;

/**
 * Gives a streamed answer on to the caller, each piece of bytes as it comes and unchanged, and reads along. `finish`
 * is called once: at the end, when the provider breaks off, or when the caller goes away (the loop over it is left, or
 * the signal aborts; then the provider's connection is closed too).
 */
export async function* passThrough(
  source: Readable,
  observer: Observer,
  watch: Watch,
  signal: AbortSignal,
  finish: Finish,
): AsyncGenerator<Uint8Array, void> {
  const events = new SseReader();
  let timeToFirstTokenMs: number | null = null;
  let failure: Outcome["failure"] = canceled;
  let unread: Uint8Array | null = null;

  const observe = (data: string[]) => {
    for (const each of data) if (observer.push(each)) timeToFirstTokenMs ??= watch.elapsedMs();
  };
  const readUnread = () => {
    if (unread) observe(events.push(unread));
    unread = null;
  };
  try {
    for await (const chunk of source) {
      unread = chunk as Uint8Array;
      // What has come is handed on first and looked at then.
      yield unread;
      readUnread();
    }
    failure = null;
  } catch (error) {
    if (!signal.aborted) {
      failure = { type: "stream_broken", message: `The provider's stream broke off: ${String(error)}` };
    }
    throw error;
  } finally {
    readUnread();
    observe(events.end());
    const observed = observer.finish();
    const inStream = observed.error === null ? null : { type: "stream_error", message: observed.error };
    finish(observed, failure ?? inStream, timeToFirstTokenMs);
  }
}
