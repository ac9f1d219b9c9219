import { expect, test } from "vitest";
import { decodeBlock, encodeTerms, termKey } from "./term-blocks.ts";

const traceCount = 5000;

/** Words that share beginnings, of any script; one in most traces, one with a gap of thousands, many in one. */
function makeTerms(): Map<string, number[]> {
  const terms = new Map<string, number[]>();
  for (let i = 0; i < 3000; i++) terms.set(`wword${i * 7}`, [i % traceCount]);
  terms.set(
    "wthe",
    Array.from({ length: traceCount }, (_, i) => i).filter((i) => i % 7 !== 0),
  );
  terms.set("wfar", [0, 127, 128, 300, 4999]);
  for (const term of ["w数据", "wδέλτα", "w😀a", "w😀b", "w\ud83d", "u", "uuser-1"])
    terms.set(term, [1, 2, 3]);
  return terms;
}

test("every term is in the block that a lookup reads, with its traces", () => {
  const terms = makeTerms();
  terms.delete("w\ud83d");
  const blocks = encodeTerms(terms, traceCount);
  expect(blocks.length).toBeGreaterThan(5);
  for (const [term, ordinals] of terms) {
    const block = blocks.findLast(({ firstTerm }) => termKey(firstTerm).compare(termKey(term)) <= 0)!;
    let found: number[] | null = null;
    decodeBlock(block.bytes, (each, read) => {
      if (each === term) found = read();
    });
    expect(found).toEqual(ordinals);
  }
});

test("blocks are in order and of a few kilobytes, but for a word that most traces have", () => {
  const blocks = encodeTerms(makeTerms(), traceCount);
  const keys = blocks.map(({ firstTerm }) => termKey(firstTerm));
  expect(keys).toEqual(keys.toSorted(Buffer.compare));
  for (const { bytes } of blocks) expect(bytes.length).toBeLessThan(4080);
});

test("no terms make no block", () => {
  expect(encodeTerms(new Map(), 0)).toEqual([]);
});
