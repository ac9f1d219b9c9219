import type { Json } from "#lib/core/json.ts";

/** What an evaluator sees of one answer. */
export type Sample = {
  input: Json;
  expected: Json | null;
  output: string;
  latencyMs: number;
  costUsd: number | null;
};

/** `not_scored` is "could not be scored", never 0: such results count in no mean. */
export type Judgment =
  | { status: "scored"; value: number; reason: string | null }
  | { status: "not_scored"; reason: string };

export function scored(value: number, reason: string | null = null): Judgment {
  return { status: "scored", value, reason };
}

export function passed(isPassed: boolean, reasonIfNot: string): Judgment {
  return scored(isPassed ? 1 : 0, isPassed ? null : reasonIfNot);
}

export function notScored(reason: string): Judgment {
  return { status: "not_scored", reason };
}
