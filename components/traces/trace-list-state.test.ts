import { expect, test } from "vitest";
import { readTraceListState, traceListQuery, viewHref, viewQuery } from "./trace-list-state.ts";

test("the URL's state is read back as it was written", () => {
  const state = readTraceListState({
    filter: 'status:error "two words"',
    range: "7d",
    sort: "oldest",
    view: "v1",
  });
  const query = Object.fromEntries(new URLSearchParams(traceListQuery(state)));
  expect(readTraceListState(query)).toEqual(state);
});

test("the plain list has a plain URL", () => {
  expect(traceListQuery(readTraceListState({}))).toBe("");
});

test("a saved view remembers what is shown, and not that it was shown as a view", () => {
  const state = readTraceListState({ filter: "status:error", range: "7d", view: "v1" });
  expect(viewQuery(state)).toBe("?filter=status%3Aerror&range=7d");
  const href = viewHref("demo", { id: "v2", query: viewQuery(state) });
  expect(href).toBe("/demo/traces?filter=status%3Aerror&range=7d&view=v2");
  expect(viewHref("demo", { id: "v2", query: "" })).toBe("/demo/traces?view=v2");
});

test("another page can link with parameters named as fields", () => {
  expect(readTraceListState({ abTest: "tone", variant: "B", user: "u 1", unknown: "x" }).filter).toBe(
    'abtest:tone variant:B user:"u 1"',
  );
});

test("an unreadable range is the default range", () => {
  expect(readTraceListState({ range: "soon" }).range).toMatchObject({ text: "24h" });
});
