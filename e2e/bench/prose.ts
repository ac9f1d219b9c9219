import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A small generator of numbers in [0, 1) with a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Sentences that people wrote: the prose of the documentation that the packages in node_modules bring, each once.
 * Text made of them is as compressible as English is, which random words or repeated filler are not.
 */
export function readSentences(): string[] {
  const folder = join(import.meta.dirname, "../../node_modules");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /(^|\/)(README|CHANGELOG|[a-z0-9-]+)\.md$/i.test(path))
    .sort();
  const sentences = new Set<string>();
  for (const file of files) {
    const prose = readFileSync(join(folder, file), "utf8")
      .replace(/```[\s\S]*?```/g, " ")
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[#*_>|`]+/g, " ");
    for (const match of prose.matchAll(/[A-Z][^.!?\n]{40,220}[.!?](?=\s)/g)) {
      if (match[0].split(" ").length > 6 && !/https?:/.test(match[0])) sentences.add(match[0]);
    }
  }
  return [...sentences];
}

/** Text of about `length` characters, sentences drawn at random. */
export function proseFrom(sentences: readonly string[], random: () => number): (length: number) => string {
  return (length) => {
    let text = "";
    while (text.length < length) text += `${sentences[Math.floor(random() * sentences.length)]} `;
    return text.slice(0, length);
  };
}
