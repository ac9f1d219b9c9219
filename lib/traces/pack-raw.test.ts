import { expect, test } from "vitest";
import { packRaw, parseRaw } from "./pack-raw.ts";

const start = Buffer.from('{"resource":{"service.name":"shop"},"scope":{"name":"test","version":null},');

function own(text: string): string {
  return `"attributes":${JSON.stringify({ text })},"events":[],"links":[],"startTimeUnixNano":"1","endTimeUnixNano":null,"statusCode":0,"statusMessage":null}`;
}

test.each([
  ["nothing", ""],
  ["prose", "Łódź is where the 💡 was sent; nobody knows why. ".repeat(40)],
  [
    "what can't be packed",
    Array.from({ length: 400 }, (_, i) => String.fromCharCode(33 + ((i * i * 7919) % 90))).join(""),
  ],
  ["a lone surrogate and a NUL", "a\ud800b\0c"],
  ["a megabyte and more", "0123456789abcdef".repeat(100_000)],
])("a raw span is read as it was packed: %s", (_, text) => {
  const json = own(text);
  const packed = packRaw(start, json);
  expect(parseRaw(packed)).toEqual(JSON.parse(start.toString() + json));
});

test("plain JSON, which was stored before and is made by SQL, is read", () => {
  const json = start.toString() + own("plain");
  expect(parseRaw(Buffer.from(json))).toEqual(JSON.parse(json));
});

test("dictionary 1 is what it was when the first span was packed with it", () => {
  const packed = Buffer.from(storedWithDictionary1, "base64");
  expect(parseRaw(packed).attributes).toEqual({ text: "kept" });
});

test("a small span's structure costs nearly nothing, thanks to the dictionary", () => {
  const json = own("kept");
  expect(packRaw(start, json).length).toBeLessThan((start.length + json.length) / 2);
});

/** `packRaw(start, own("kept"))`: stored spans must be readable for ever. */
const storedWithDictionary1 = "ASi1L/0g0nUBAIhzaG9wdGVzdG51bGxrZXB0fQkA4KBnA4SNBolNpNnADICZlJU5Ylimid07AwE=";
