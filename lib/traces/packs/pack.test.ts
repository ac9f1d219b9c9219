import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { Histogram } from "./histogram.ts";
import { IdSet, idAt, toWords } from "./id-set.ts";
import { NameList } from "./name-list.ts";
import { buildPack, type ColumnName, columnNames, decodeColumn, encodeColumn, mergePacks } from "./pack.ts";
import type { TraceDoc } from "./trace-doc.ts";

function makeDoc(startUs: number, doc: Partial<TraceDoc> = {}): TraceDoc {
  return {
    traceId: randomBytes(16).toString("hex"),
    startUs,
    durationUs: 1000,
    costUsd: null,
    inputTokens: 5,
    outputTokens: null,
    firstTokenMs: null,
    hasError: false,
    userId: null,
    sessionId: null,
    signatures: [["chat", null, "m"]],
    terms: [],
    ...doc,
  };
}

const docs = [
  makeDoc(3, { userId: "żaneta", terms: ["wa", "wb"], costUsd: 0.25 }),
  makeDoc(1, {
    userId: "adam",
    terms: ["wa"],
    signatures: [
      ["chat", null, "m"],
      ["tool", null, null],
    ],
  }),
  makeDoc(2, { durationUs: null, hasError: true, sessionId: "s", terms: ["wc"] }),
];

test("columns come back from their bytes as they were, however the bytes lie in memory", () => {
  const { columns } = buildPack(docs);
  for (const name of columnNames) {
    const bytes = encodeColumn(name, columns[name]);
    const shifted = Buffer.concat([Buffer.alloc(1), bytes]).subarray(1);
    for (const each of [bytes, shifted]) expect(decodeColumn<ColumnName>(name, each)).toEqual(columns[name]);
  }
});

test("packs merged are one pack of what is left, whichever traces were in which", () => {
  const gone = docs[2]!.traceId;
  const packs = [buildPack([docs[0]!, docs[2]!]), buildPack([docs[1]!])];
  const merged = mergePacks(packs, (pack, ordinal) => idAt(packs[pack]!.columns.ids, ordinal) === gone);
  expect(merged).toEqual(buildPack([docs[0]!, docs[1]!]));
});

test("a set of ids knows its own and no other", () => {
  const ids = Array.from({ length: 5000 }, (_, i) =>
    // As of emitters whose ids begin with the time, and of those that count.
    i % 2 === 0 ? `65f0a1b2${randomBytes(12).toString("hex")}` : i.toString(16).padStart(32, "0"),
  );
  const others = ids
    .map((id) => `${id.slice(0, 31)}${id.endsWith("0") ? "1" : "0"}`)
    .filter((id) => !ids.includes(id));
  const set = IdSet.ofHex(ids);
  const words = (hex: string[]) => toWords(Buffer.from(hex.join(""), "hex"));
  expect(ids.every((_, i) => set.has(words(ids), i))).toBe(true);
  const otherWords = words(others);
  expect(others.some((_, i) => set.has(otherWords, i))).toBe(false);
});

test("names are found by their bytes", () => {
  const names = ["b", "", "ä", "a", "aa", "数", "z".repeat(300)];
  const list = new NameList(NameList.of(names).bytes);
  expect(list.count).toBe(names.length);
  for (const name of names) expect(list.at(list.find(Buffer.from(name)))).toBe(name);
  for (const name of ["c", "aaa", "A"]) expect(list.find(Buffer.from(name))).toBe(-1);
  expect(NameList.of([]).find(Buffer.from("a"))).toBe(-1);
});

test("a quantile is within 0.4 %, exact of equal values, and null of none", () => {
  const histogram = new Histogram(3);
  const values = Array.from({ length: 10_000 }, (_, i) => Math.round(1000 * 1.001 ** i));
  for (const value of values) histogram.add(0, value);
  for (const share of [0.01, 0.5, 0.95, 0.999]) {
    const exact = values[Math.ceil(share * values.length) - 1]!;
    expect(Math.abs(histogram.quantile(0, share)! / exact - 1)).toBeLessThan(0.004);
  }
  for (let i = 0; i < 5; i++) histogram.add(1, 123_456);
  expect(histogram.quantile(1, 0.95)).toBe(123_456);
  expect(histogram.quantile(2, 0.95)).toBeNull();
});
