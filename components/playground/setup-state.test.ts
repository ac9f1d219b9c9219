import { expect, test } from "vitest";
import { playgroundSetup } from "#lib/playground/schema.ts";
import { promptContent } from "#lib/prompts/schema.ts";
import { markOf, rowsOf, variablesOf, withCopy } from "./setup-state.ts";
import { withoutSetting } from "./without-setting.ts";

const content = promptContent.parse({
  type: "chat",
  messages: [{ role: "user", content: "{{a}} and {{b.c}}" }],
  variables: [{ name: "a", description: "first" }],
  parameters: { temperature: 1 },
});
const setup = playgroundSetup.parse({
  columns: [{ id: "one", content }],
  variables: { a: "x", same: "for all" },
});

test("the page asks for what any column uses, declared or not, once", () => {
  const two = withCopy(setup, 0);
  expect(two.columns.map((column) => column.id)).not.toEqual(["one", "one"]);
  expect(variablesOf(two.columns).map(({ name, type }) => [name, type])).toEqual([
    ["a", "string"],
    ["b", "object"],
  ]);
});

test("there are never more than six columns", () => {
  const full = Array.from({ length: 9 }).reduce((before: typeof setup) => withCopy(before, 0), setup);
  expect(full.columns).toHaveLength(6);
});

test("a mark differs exactly when something else would be sent", () => {
  const [column] = setup.columns;
  const mark = markOf(setup, column!);
  expect(
    markOf({ ...setup, samples: 5 }, { ...column!, id: "other", origin: { promptName: "p", number: 1 } }),
  ).toBe(mark);
  expect(markOf(setup, { ...column!, overrides: { temperature: null } })).not.toBe(mark);
  expect(markOf(setup, { ...column!, modelVersionId: "m" })).not.toBe(mark);
  expect(markOf({ ...setup, variables: {} }, column!)).not.toBe(mark);
  const dataset = { datasetVersionId: "d", start: 0, count: 1 };
  expect(markOf({ ...setup, dataset }, column!)).toBe(markOf({ ...setup, dataset, variables: {} }, column!));
});

test("an item's values win over those that are the same for all items", () => {
  const dataset = { datasetVersionId: "d", start: 0, count: 1 };
  const item = {
    id: "i",
    variables: { a: "item" },
    placeholders: {},
    messages: [],
    item: null,
    expected: null,
  };
  expect(rowsOf({ ...setup, dataset }, [item])[0]!.variables).toEqual({ a: "item", same: "for all" });
  expect(rowsOf({ ...setup, dataset }, null)).toEqual([]);
  expect(rowsOf(setup, null)).toHaveLength(1);
});

test("a refused setting goes from the prompt, and from what the model sets by itself", () => {
  const [column] = setup.columns;
  const model = { id: "m", parameters: { temperature: 0.5 } } as never;
  const own = withoutSetting({ ...column!, overrides: { temperature: 2 } }, "temperature", []);
  expect(own).toMatchObject({ content: { parameters: {} }, overrides: {} });
  const everywhere = withoutSetting({ ...column!, modelVersionId: "m" }, "temperature", [model]);
  expect(everywhere.overrides).toEqual({ temperature: null });
});
