import { singleton } from "./singleton.ts";

const clock = singleton("clock", () => ({ nowMs: () => Date.now() }));

/** The time now, as every verb reads it. */
export function now(): Date {
  return new Date(clock.nowMs());
}

/** For tests: replaces the clock; returns the function that puts the old one back. */
export function setClock(nowMs: () => number): () => void {
  const before = clock.nowMs;
  clock.nowMs = nowMs;
  return () => {
    clock.nowMs = before;
  };
}
