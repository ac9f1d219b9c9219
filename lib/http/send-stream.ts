import type { ApiContext } from "./route.ts";

type StreamOptions = {
  contentType: string;
  headers?: Record<string, string>;
  /** Called once when the reader goes away, the text ends or fails. */
  onEnd?: () => void;
};

/**
 * Texts as they come, made only as fast as they are read. The first is awaited here, so that a refusal still has its
 * own status; a failure later cuts the connection, so that nobody takes what came for the whole. Typed `never`
 * because a stream has no JSON type that a route could check.
 */
export async function sendStream(
  c: ApiContext,
  texts: AsyncGenerator<string>,
  { contentType, headers = {}, onEnd = () => {} }: StreamOptions,
): Promise<never> {
  const first = await texts.next().catch((error) => {
    onEnd();
    throw error;
  });
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (first.done) end(controller);
        else controller.enqueue(encoder.encode(first.value));
      },
      async pull(controller) {
        try {
          const next = await texts.next();
          if (next.done) end(controller);
          else controller.enqueue(encoder.encode(next.value));
        } catch (error) {
          onEnd();
          throw error;
        }
      },
      async cancel() {
        onEnd();
        await texts.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
  function end(controller: ReadableStreamDefaultController<Uint8Array>) {
    onEnd();
    try {
      controller.close();
    } catch {
      return; // The reader had canceled: it is closed.
    }
  }
  return c.body(body, 200, { "content-type": contentType, ...headers }) as never;
}
