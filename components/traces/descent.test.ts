import { expect, test } from "vitest";
import { layoutDescent } from "#components/charts/stemma-layout.ts";
import { descentOf } from "./descent.ts";
import type { SpanLinks } from "./span-links.ts";

const none: SpanLinks = { promptVersion: null, modelVersion: null, abTest: null, evaluation: null };
const promptVersion = { name: "support/reply", number: 7 };
const modelVersion = { modelName: "mini", number: 2, isSimulated: false };
const columnsOf = (links: SpanLinks) =>
  layoutDescent(descentOf("p", links, { label: "chat" })).nodes.map(
    ({ node, column }) => `${column} ${node.id}`,
  );

test("an answer without links has no descent", () => {
  expect(descentOf("p", none, { label: "chat" })).toEqual([]);
});

test("an A/B answer descends from its variant, and the variant from both versions", () => {
  const abTest = { key: "tone", name: "Tone", variantKey: "B", variantIndex: 1 };
  expect(columnsOf({ ...none, promptVersion, modelVersion, abTest })).toEqual([
    "0 prompt",
    "0 model",
    "1 variant",
    "2 answer",
  ]);
});

test("an evaluation's answer descends from prompt version and dataset through the evaluation", () => {
  const evaluation = { id: "e", name: "Nightly", datasetId: "d", datasetName: "capitals", datasetNumber: 3 };
  expect(columnsOf({ ...none, promptVersion, evaluation })).toEqual([
    "0 prompt",
    "0 dataset",
    "1 evaluation",
    "2 answer",
  ]);
});

test("a prompt version is linked by its number", () => {
  const [prompt] = descentOf("p", { ...none, promptVersion }, { label: "chat" });
  expect(prompt!.href).toBe("/p/prompts/support/reply?version=7");
});
