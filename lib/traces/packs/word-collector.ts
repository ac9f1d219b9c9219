import { termOf } from "./trace-doc.ts";
import { wordsOf } from "./words.ts";

/** Gathers the word terms of traces, text by text. */
export class WordCollector {
  readonly words = new Map<string, Set<string>>();
  readonly #seen = new Map<string, Set<string>>();
  readonly #termOfWord: Map<string, string>;

  /**
   * `termOfWord` is filled as words are met: traces say the same words, and the same string for each of them takes a
   * tenth of the memory.
   */
  constructor(termOfWord = new Map<string, string>()) {
    this.#termOfWord = termOfWord;
  }

  add(traceId: string, texts: readonly string[]): void {
    const words = setOf(this.words, traceId);
    const seen = setOf(this.#seen, traceId);
    for (const text of texts) {
      // What a model call was asked its parent often says too: a text is taken apart once.
      if (seen.has(text)) continue;
      if (text.length < rememberedLength) seen.add(text);
      for (const word of wordsOf(text)) {
        words.add(this.#term(word));
        if (words.size >= wordsLimit) return;
      }
    }
  }

  #term(word: string): string {
    let term = this.#termOfWord.get(word);
    if (term === undefined) {
      // A word cut from a text would keep the whole text in memory: the key is made anew.
      term = Buffer.from(termOf("word", word)).toString();
      this.#termOfWord.set(term.slice(1), term);
    }
    return term;
  }
}

/** Longer texts are not kept to be recognized: what is remembered of a thousand traces stays small. */
const rememberedLength = 10_000;
/** Different words of one trace that are indexed: what a day-long agent says is bounded. */
const wordsLimit = 200_000;

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key);
  if (!set) {
    set = new Set();
    map.set(key, set);
  }
  return set;
}
