import { AppError } from "#lib/core/errors.ts";
import { singleton } from "#lib/core/singleton.ts";

const held = singleton("otlp-bodies", () => ({ bytes: 0 }));

/** What one request holds of the memory that all request bodies share, from its first chunk to its answer. */
export class BodyHold {
  #bytes = 0;
  readonly #limitBytes: number;

  /** `limitBytes` is what all requests together may hold. A request that is alone is always let in. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Throws `unavailable` where others hold so much that this would be over the limit. */
  add(bytes: number): void {
    const others = held.bytes - this.#bytes;
    if (others > 0 && held.bytes + bytes > this.#limitBytes) {
      throw new AppError("unavailable", "Too much is arriving at once. Try again.", { retryAfterS: 1 });
    }
    this.#bytes += bytes;
    held.bytes += bytes;
  }

  release(): void {
    held.bytes -= this.#bytes;
    this.#bytes = 0;
  }
}
