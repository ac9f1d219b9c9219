import { expect, test } from "vitest";
import { readTraceListState, traceListQuery } from "./trace-list-state.ts";

test("the URL's state is read back as it was written", () => {
  const state = readTraceListState({ filter: 'status:error "two words"', range: "7d", sort: "oldest" });
  const query = Object.fromEntries(new URLSearchParams(traceListQuery(state)));
  expect(readTraceListState(query)).toEqual(state);
});

test("the plain list has a plain URL", () => {
  expect(traceListQuery(readTraceListState({}))).toBe("");
});

test("another page can link with parameters named as fields", () => {
  expect(readTraceListState({ abTest: "tone", variant: "B", user: "u 1", unknown: "x" }).filter).toBe(
    'abtest:tone variant:B user:"u 1"',
  );
});

test("an unreadable range is the default range", () => {
  expect(readTraceListState({ range: "soon" }).range).toMatchObject({ text: "24h" });
});
