/**
 * The words of a text, in order: runs of letters, digits and underscores of any script, in lower case and
 * compatibility form (NFKC). Scripts written without spaces give one word per character, so that a run of them is
 * found as a phrase. Longer words count by their first 64 characters. Pure.
 */
export function wordsOf(text: string): string[] {
  const words = isAscii(text)
    ? text.toLowerCase().match(asciiWord)
    : text.normalize("NFKC").toLowerCase().match(anyWord);
  if (!words) return [];
  for (let i = 0; i < words.length; i++) {
    if (words[i]!.length > lengthLimit) words[i] = words[i]!.slice(0, lengthLimit);
  }
  return words;
}

const lengthLimit = 64;
const asciiWord = /[a-z0-9_]+/g;
const unspaced = [
  "Han",
  "Hiragana",
  "Katakana",
  "Thai",
  "Lao",
  "Khmer",
  "Myanmar",
  "Tibetan",
  "Javanese",
].map((script) => `\\p{Script=${script}}`);
const anyWord = new RegExp(`[${unspaced.join("")}]|[[\\p{L}\\p{N}\\p{M}_]--[${unspaced.join("")}]]+`, "gv");

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** Words that must follow each other in one text; the last may be only the beginning of one. */
export type Phrase = { words: string[]; isPrefix: boolean };

/** What a person typed, `word*` and all, as a phrase; null if there is nothing in it to look for. */
export function phraseOf(text: string): Phrase | null {
  const words = wordsOf(text);
  return words.length === 0 ? null : { words, isPrefix: /[^\s*]\*\s*$/.test(text) };
}

/** Whether the phrase is in the text. */
export function hasPhrase(text: string, { words, isPrefix }: Phrase): boolean {
  const all = wordsOf(text);
  const last = words.length - 1;
  for (let start = 0; start + last < all.length; start++) {
    let i = 0;
    while (i < last && all[start + i] === words[i]) i++;
    if (i < last) continue;
    const word = all[start + last]!;
    if (isPrefix ? word.startsWith(words[last]!) : word === words[last]) return true;
  }
  return false;
}
