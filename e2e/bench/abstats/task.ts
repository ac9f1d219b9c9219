import { findMde, repeat, type Tally } from "./repeat.ts";
import { scenarios } from "./scenario.ts";
import { repeatSplits, type SplitTally } from "./split-check.ts";

/** A piece of work for one worker: small enough that both cores stay busy to the end. */
export type Task =
  | { kind: "mde"; scenario: number }
  | { kind: "repeat"; scenario: number; from: number; to: number; mde: number }
  | { kind: "split"; from: number; to: number };

export type TaskResult =
  | { kind: "mde"; mde: number }
  | { kind: "repeat"; tally: Tally }
  | { kind: "split"; tally: SplitTally };

// Each scenario has a million seeds of its own, the last thousand of them for the pilot.
const seedsPerScenario = 1_000_000;

/** Pure: the same task gives the same result on any machine. */
export function perform(task: Task): TaskResult {
  if (task.kind === "split") {
    const seed = scenarios.length * seedsPerScenario;
    return { kind: "split", tally: repeatSplits({ ...task, seed }) };
  }
  const scenario = scenarios[task.scenario]!;
  const seed = task.scenario * seedsPerScenario;
  if (task.kind === "mde") return { kind: "mde", mde: findMde(scenario, seed + seedsPerScenario - 1000) };
  return { kind: "repeat", tally: repeat(scenario, { ...task, seed }) };
}
