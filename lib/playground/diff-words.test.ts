import { expect, test } from "vitest";
import { diffWords } from "./diff-words.ts";

test("the words that differ are told, and both texts can be read from the changes", () => {
  const before = "The capital of Norway is Oslo.";
  const after = "The capital of Peru is Lima.";
  const { changes, isSame } = diffWords(before, after);
  expect(isSame).toBe(false);
  expect(changes.filter((each) => each.kind === "added").map((each) => each.text)).toEqual(["Peru", "Lima"]);
  const read = (not: "added" | "removed") =>
    changes.flatMap((each) => (each.kind === not ? [] : [each.text])).join("");
  expect(read("added")).toBe(before);
  expect(read("removed")).toBe(after);
  expect(diffWords("same", "same").isSame).toBe(true);
});

test("two long texts with nothing in common are compared in bounded time", () => {
  const text = (seed: number) =>
    Array.from({ length: 60_000 }, (_, index) => `w${(index * seed) % 99_991}`).join(" ");
  const startedMs = performance.now();
  const { isSame } = diffWords(text(7), text(13));
  expect(isSame).toBe(false);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
