import { termOf } from "./trace-doc.ts";
import { wordsOf } from "./words.ts";

/** Gathers the word terms of traces, text by text. */
export class WordCollector {
  readonly words = new Map<string, Set<string>>();
  readonly #seen = new Map<string, Set<string>>();

  add(traceId: string, texts: readonly string[]): void {
    const words = this.#of(this.words, traceId);
    const seen = this.#of(this.#seen, traceId);
    for (const text of texts) {
      // What a model call was asked its parent often says too: a text is taken apart once.
      if (seen.has(text)) continue;
      if (text.length < rememberedLength) seen.add(text);
      for (const word of wordsOf(text)) {
        words.add(termOf("word", word));
        if (words.size >= wordsLimit) return;
      }
    }
  }

  #of(map: Map<string, Set<string>>, traceId: string): Set<string> {
    let set = map.get(traceId);
    if (!set) {
      set = new Set();
      map.set(traceId, set);
    }
    return set;
  }
}

/** Longer texts are not kept to be recognized: what is remembered of a thousand traces stays small. */
const rememberedLength = 10_000;
/** Different words of one trace that are indexed: what a day-long agent says is bounded. */
const wordsLimit = 200_000;
