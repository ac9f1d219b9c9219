import { expect, test } from "vitest";
import { layoutDescent, layoutHistory, type StemmaNode } from "./stemma-layout.ts";

function node(id: string, ...parents: string[]): StemmaNode {
  return { id, label: id, kind: "version", parents };
}

test("a straight history stays in one lane", () => {
  const layout = layoutHistory([node("3", "2"), node("2", "1"), node("1")]);
  expect(layout.columns).toBe(1);
  expect(layout.nodes.map((placed) => placed.column)).toEqual([0, 0, 0]);
});

test("a branch keeps its own lane down to the version it came from", () => {
  const layout = layoutHistory([node("4", "2"), node("3", "2"), node("2", "1"), node("1")]);
  expect(layout.nodes.map((placed) => placed.column)).toEqual([0, 1, 0, 0]);
  expect(layout.edges.find((edge) => edge.id === "3>2")).toEqual({
    id: "3>2",
    fromColumn: 1,
    fromRow: 1,
    lane: 1,
    toColumn: 0,
    toRow: 2,
  });
});

test("no line runs through a version it does not belong to", () => {
  const nodes = [
    node("6", "3"),
    node("5", "4", "2"),
    node("4", "3"),
    node("3", "1"),
    node("2", "1"),
    node("1"),
  ];
  const layout = layoutHistory(nodes);
  for (const edge of layout.edges) {
    for (const placed of layout.nodes) {
      const isBetween = placed.row > edge.fromRow && placed.row < edge.toRow;
      if (isBetween) expect(placed.column, `${edge.id} through ${placed.node.id}`).not.toBe(edge.lane);
    }
  }
});

test("a parent outside the list, or above its child, draws no edge", () => {
  expect(layoutHistory([node("2", "gone"), node("3", "2")]).edges).toEqual([]);
});

test("a result stands after everything it descends from", () => {
  const layout = layoutDescent([
    node("p"),
    node("m"),
    node("a", "p", "m"),
    node("b", "p"),
    node("v", "a", "b", "p"),
  ]);
  const column = Object.fromEntries(layout.nodes.map((placed) => [placed.node.id, placed.column]));
  expect(column).toEqual({ p: 0, m: 0, a: 1, b: 1, v: 2 });
  expect(layout.edges).toHaveLength(6);
});

test("a cycle is an error, not an endless loop", () => {
  expect(() => layoutDescent([node("a", "b"), node("b", "a")])).toThrow(RangeError);
});
