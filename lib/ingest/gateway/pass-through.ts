import { SseReader } from "#lib/llm/sse-reader.ts";
import type { Observed, Observer } from "./endpoints.ts";
import type { Outcome } from "./to-span.ts";
import { canceled, type Watch } from "./watch.ts";

type Finish = (observed: Observed, failure: Outcome["failure"], timeToFirstTokenMs: number | null) => void;

/**
 * Gives a streamed answer on to the caller, each piece of bytes as it comes and unchanged, and reads along. `finish`
 * is called once: at the end, when the provider breaks off, or when the caller goes away (then the provider's
 * connection is closed too).
 */
export function passThrough(
  response: Response,
  headers: Record<string, string>,
  observer: Observer,
  watch: Watch,
  finish: Finish,
): Response {
  const reader = response.body!.getReader();
  const events = new SseReader();
  let timeToFirstTokenMs: number | null = null;
  let isFinished = false;

  const observe = (data: string[]) => {
    for (const each of data) if (observer.push(each)) timeToFirstTokenMs ??= watch.elapsedMs();
  };
  const end = (failure: Outcome["failure"]) => {
    if (isFinished) return;
    isFinished = true;
    observe(events.end());
    const observed = observer.finish();
    const inStream = observed.error === null ? null : { type: "stream_error", message: observed.error };
    finish(observed, failure ?? inStream, timeToFirstTokenMs);
  };

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) {
          controller.close();
          return end(null);
        }
        controller.enqueue(value);
        observe(events.push(value));
      } catch (error) {
        end({ type: "stream_broken", message: `The provider's stream broke off: ${String(error)}` });
        controller.error(error);
      }
    },
    async cancel(reason) {
      end(canceled);
      await reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, headers });
}
