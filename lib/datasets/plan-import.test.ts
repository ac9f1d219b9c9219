import { expect, test } from "vitest";
import { digestItems, planImport } from "./plan-import.ts";

const live = (items: ReturnType<typeof digestItems>) =>
  items.map(({ key, digest }, position) => ({ id: `id-${position}`, key, digest, position }));

test("the order of items and of their members does not change the version's digest", () => {
  const one = digestItems([{ input: { a: 1, b: 2 } }, { input: "x", expected: "y" }]);
  const two = digestItems([{ input: "x", expected: "y" }, { input: { b: 2, a: 1 } }]);
  expect(planImport([], one, "replace").digest).toBe(planImport([], two, "replace").digest);
});

test("equal items without a key are one item", () => {
  expect(digestItems([{ input: "x" }, { input: "x", metadata: {} }])).toHaveLength(1);
});

test("a key that comes twice with different content is refused by its index", () => {
  expect(() =>
    digestItems([
      { key: "a", input: 1 },
      { key: "a", input: 2 },
    ]),
  ).toThrow('Item 1 has the key "a" of item 0');
});

test.each(["\u0000", "a\ud800b"])("text that JSONB cannot hold is refused: %j", (text) => {
  expect(() => digestItems([{ input: "fine" }, { input: { text } }])).toThrow(/^Item 1 /);
});

test.each(["\\u0000", "😀", "C:\\ud800"])("text that only looks like it is accepted: %j", (text) => {
  expect(digestItems([{ input: text }])).toHaveLength(1);
});

test("append adds new items, replaces those of a key, and keeps the rest", () => {
  const before = live(
    digestItems([
      { key: "a", input: 1 },
      { key: "b", input: 2 },
    ]),
  );
  const plan = planImport(
    before,
    digestItems([
      { key: "b", input: 3 },
      { key: "c", input: 4 },
    ]),
    "append",
  );
  expect(plan.removedIds).toEqual(["id-1"]);
  expect(plan.added.map(({ key, position }) => [key, position])).toEqual([
    ["b", 1],
    ["c", 2],
  ]);
  expect(plan.itemCount).toBe(3);
});

test("replace removes what does not come again", () => {
  const before = live(digestItems([{ input: 1 }, { input: 2 }]));
  const plan = planImport(before, digestItems([{ input: 2 }]), "replace");
  expect(plan).toMatchObject({ removedIds: ["id-0"], added: [], itemCount: 1 });
});
