import { expect, test } from "vitest";
import { hasPhrase, phraseOf, wordsOf } from "./words.ts";

test.each([
  ["What's 100% of item_6?", ["what", "s", "100", "of", "item_6"]],
  ["Größe ÉCOLE ｆｕｌｌ", ["größe", "école", "full"]],
  ["Привет, Мир", ["привет", "мир"]],
  ["数据 base", ["数", "据", "base"]],
  ["ไทย", ["ไ", "ท", "ย"]],
  ["नमस्ते", ["नमस्ते"]],
  ["  …!? ", []],
  ["x".repeat(100), ["x".repeat(64)]],
])("the words of %j", (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test.each([
  ["to be", "To be, or not to be.", true],
  ["be to", "To be, or not to be.", false],
  ["not to b*", "To be, or not to be.", true],
  ["or n*", "To be, or not to be.", true],
  ["數據庫", "這個數據庫很快", true],
  ["據數", "這個數據庫很快", false],
  ["ICE", "nice", false],
  ["café", "CAFE\u0301", true],
])("“%s” in “%s”: %s", (phrase, text, isIn) => {
  expect(hasPhrase(text, phraseOf(phrase)!)).toBe(isIn);
});

test("what has no word in it is no phrase", () => {
  expect(phraseOf("?! *")).toBeNull();
});
