import { StemmaError } from "./errors.ts";

/** What a read brings: a value with its tag, or that the one held is still the same. */
export type Read<Value> = { value: Value; etag: string | null } | "unchanged";

type Entry<Value> = {
  held: { value: Value; etag: string | null; freshUntilMs: number } | null;
  reading: Promise<Value> | null;
  failure: { error: StemmaError; untilMs: number; pauseMs: number } | null;
};

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/**
 * Remembers what was read, by key. Fresh for `ttlMs`; after that it is still answered at once while one read in the
 * background asks for news. Nobody waits but for the first read, which all who want it share. While the server is
 * away what is held stays in use, and reads pause between 1 s and 30 s. What turns out to be gone (404) is
 * forgotten.
 */
export class Remembered<Value> {
  #entries = new Map<string, Entry<Value>>();
  #read: (key: string, etag: string | null) => Promise<Read<Value>>;
  #onError: (error: StemmaError) => void;

  constructor(
    read: (key: string, etag: string | null) => Promise<Read<Value>>,
    onError: (error: StemmaError) => void,
  ) {
    this.#read = read;
    this.#onError = onError;
  }

  /** With `ttlMs` 0 the server is asked every time. Throws StemmaError only when there is nothing to answer with. */
  async get(key: string, ttlMs: number): Promise<Value> {
    const entry = this.#entries.get(key) ?? { held: null, reading: null, failure: null };
    this.#entries.set(key, entry);
    const nowMs = Date.now();
    const { held, failure } = entry;
    if (held && nowMs < held.freshUntilMs && ttlMs > 0) return held.value;
    if (failure && nowMs < failure.untilMs) {
      if (held) return held.value;
      throw failure.error;
    }
    const reading = entry.reading ?? this.#refresh(key, entry, ttlMs);
    if (held && ttlMs > 0) {
      reading.catch(() => {});
      return held.value;
    }
    return await reading;
  }

  clear(): void {
    this.#entries.clear();
  }

  #refresh(key: string, entry: Entry<Value>, ttlMs: number): Promise<Value> {
    const reading = this.#readInto(key, entry, ttlMs).finally(() => {
      entry.reading = null;
    });
    entry.reading = reading;
    return reading;
  }

  async #readInto(key: string, entry: Entry<Value>, ttlMs: number): Promise<Value> {
    const { held } = entry;
    try {
      const read = await this.#read(key, held?.etag ?? null);
      const known = read === "unchanged" ? held : read;
      if (!known) throw new StemmaError("internal", "The server answered 304 to a first request.");
      entry.held = { value: known.value, etag: known.etag, freshUntilMs: Date.now() + ttlMs };
      entry.failure = null;
      return known.value;
    } catch (error) {
      if (!(error instanceof StemmaError)) throw error;
      const pauseMs = Math.min(longestPauseMs, entry.failure ? entry.failure.pauseMs * 2 : firstPauseMs);
      entry.failure = { error, untilMs: Date.now() + pauseMs, pauseMs };
      if (error.code === "not_found") entry.held = null;
      if (!entry.held) throw error;
      this.#onError(error);
      return entry.held.value;
    }
  }
}
