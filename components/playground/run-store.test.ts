import { expect, test, vi } from "vitest";
import type { CellAnswer } from "#lib/playground/answer.ts";
import { RunStore } from "./run-store.ts";

const answer: CellAnswer = {
  status: "done",
  since: [],
  text: "Oslo",
  reasoning: null,
  toolCalls: [],
  answered: {},
  finishReason: "stop",
  error: null,
  metrics: {
    calls: 1,
    latencyMs: 5,
    timeToFirstTokenMs: 1,
    inputTokens: 3,
    outputTokens: 1,
    costUsd: null,
  },
  seed: null,
  model: "m",
  promptVersion: null,
  traceId: "t",
  spanId: "s",
  mark: "x",
};

test("texts are put together per cell, and only the listeners of changed cells are told, once a batch", () => {
  const store = new RunStore();
  store.queue(["a/r/0", "b/r/0"]);
  const told = { a: vi.fn(), b: vi.fn() };
  store.subscribe("a/r/0", told.a);
  store.subscribe("b/r/0", told.b);
  store.push({ type: "call", cell: "a/r/0", round: 1, traceId: "t" });
  for (const text of ["Os", "lo", "."]) store.push({ type: "text", cell: "a/r/0", text });
  expect(told.a).not.toHaveBeenCalled();
  store.flush();
  expect(store.get("a/r/0")).toMatchObject({ phase: "running", text: "Oslo." });
  expect(told.a).toHaveBeenCalledTimes(1);
  expect(told.b).not.toHaveBeenCalled();
});

test("a call that is tried again starts its text anew, and an answer ends its cell", () => {
  const store = new RunStore();
  store.queue(["a/r/0"]);
  store.push({ type: "retry", cell: "a/r/0", attempt: 1, waitS: 2, message: "Busy" });
  store.flush();
  expect(store.get("a/r/0")!.retry).toMatchObject({ attempt: 1, message: "Busy" });
  store.push({ type: "text", cell: "a/r/0", text: "Os" });
  store.flush();
  expect(store.get("a/r/0")!.retry).toBeNull();
  store.push({ type: "answer", cell: "a/r/0", answer });
  store.flush();
  expect(store.get("a/r/0")).toMatchObject({ phase: "over", text: "Oslo", answer });
});

test("a stream that breaks off fails only what had not answered, and keeps what was said", () => {
  const store = new RunStore();
  store.queue(["a/r/0", "b/r/0"]);
  store.push({ type: "answer", cell: "a/r/0", answer });
  store.push({ type: "text", cell: "b/r/0", text: "Per" });
  store.breakOff(["a/r/0", "b/r/0"], "Gone.");
  expect(store.get("a/r/0")!.answer).toEqual(answer);
  expect(store.get("b/r/0")).toMatchObject({
    phase: "over",
    text: "Per",
    answer: { status: "error", error: { message: "Gone." } },
  });
});

test("a run that was refused leaves every cell as it was", () => {
  const store = new RunStore({ "a/r/0": { answer, scores: [] } });
  const before = ["a/r/0", "b/r/0"].map((key) => [key, store.get(key)] as const);
  store.queue(["a/r/0", "b/r/0"]);
  store.putBack(before);
  expect(store.get("a/r/0")).toMatchObject({ phase: "over", answer });
  expect(store.get("b/r/0")).toBeUndefined();
});

test("thumbs and other scores of a restored answer are shown; the last thumb counts", () => {
  const score = { id: "1", traceId: "t", spanId: "s", sessionId: null, comment: null, author: null };
  const given = { ...score, source: "person" as const, createdAt: "", updatedAt: "" };
  const scores = [
    { ...given, name: "thumbs", value: true },
    { ...given, name: "tone", value: 0.5 },
    { ...given, name: "thumbs", value: false },
  ];
  const store = new RunStore({ "a/r/0": { answer, scores } });
  expect(store.get("a/r/0")).toMatchObject({ thumb: false, scores: [{ name: "tone", value: 0.5 }] });
  store.setThumb("a/r/0", null);
  expect(store.get("a/r/0")!.thumb).toBeNull();
});
