import { availableParallelism } from "node:os";
import { performAll } from "./abstats/pool.ts";
import { emptyTally, multiples, type Tally } from "./abstats/repeat.ts";
import { type Scenario, scenarios } from "./abstats/scenario.ts";
import { emptySplitTally, type SplitTally, splitShares } from "./abstats/split-check.ts";
import type { Task, TaskResult } from "./abstats/task.ts";

const chunk = 25;

/**
 * Seeded simulations of whole A/B tests through the product's own path (`estimateArms`, `compareArms`,
 * `checkHealth`): how often a true null is ever rejected, how often the interval ever misses the true difference, and
 * how soon an effect is found. Option `--repetitions=N` (2000).
 */
export async function run(options: string[]): Promise<object> {
  const repetitions = repetitionsOf(options);
  const threads = availableParallelism();
  const started = performance.now();
  console.error(
    `${scenarios.length + 1} scenarios of ${repetitions} simulated tests each, on ${threads} threads`,
  );

  const mdes = (
    await performAll(
      scenarios.map((_, scenario) => ({ kind: "mde", scenario })),
      threads,
    )
  ).map((result) => resultOf(result, "mde").mde);
  const tasks: Task[] = [
    ...scenarios.flatMap((_, scenario) =>
      chunksOf(repetitions).map(
        (range): Task => ({ kind: "repeat", scenario, mde: mdes[scenario]!, ...range }),
      ),
    ),
    ...chunksOf(repetitions).map((range): Task => ({ kind: "split", ...range })),
  ];
  const results = await performAll(tasks, threads, (done) => {
    if (done % 80 === 0) console.error(`${Math.round((100 * done) / tasks.length)} %`);
  });

  const reports = scenarios.map((scenario, i) => {
    const own = results.filter((_, t) => tasks[t]!.kind === "repeat" && scenarioOf(tasks[t]!) === i);
    return report(
      scenario,
      mdes[i]!,
      own.map((result) => resultOf(result, "repeat").tally).reduce(add, emptyTally()),
    );
  });
  const split = results
    .filter((result) => result.kind === "split")
    .map((result) => resultOf(result, "split").tally)
    .reduce(add, emptySplitTally());
  const all = [...reports, splitReport(split)];
  for (const each of all) console.error(JSON.stringify(each));
  const growing = reports.flatMap(({ meanStopping }) => meanStopping ?? []);
  const meanOver = (key: keyof (typeof growing)[number]) =>
    round(growing.reduce((sum, stopping) => sum + stopping[key], 0) / growing.length);
  return {
    scenarios: all,
    worstFalseAlarmRate: Math.max(...all.map(({ falseAlarmRate }) => falseAlarmRate)),
    worstCoverage: Math.min(...all.map(({ coverage }) => coverage)),
    worstNaiveFalseAlarmRate: Math.max(...reports.map(({ naiveFalseAlarmRate }) => naiveFalseAlarmRate)),
    meanStoppingAtMde: meanOver("atMde"),
    meanStoppingAtOneAndAHalfMde: meanOver("atOneAndAHalfMde"),
    meanStoppingAtTwiceMde: meanOver("atTwiceMde"),
    repetitions,
    seconds: round((performance.now() - started) / 1000),
    processorSeconds: round((process.cpuUsage().user + process.cpuUsage().system) / 1e6),
  };
}

/** Rates are shares of the repetitions; stopping times are multiples of the fixed-horizon sample. */
function report(scenario: Scenario, mde: number, tally: Tally) {
  const share = (count: number) => round(count / tally.repetitions);
  const stop = (multiple: (typeof multiples)[number]) =>
    round(tally.stoppingLooks[multiples.indexOf(multiple)]! / tally.repetitions / scenario.plannedLook);
  const { name, metric, looks, plannedLook, slope, isGrowing = true } = scenario;
  return {
    name,
    falseAlarmRate: share(tally.falseAlarms),
    coverage: share(tally.covered[1]!),
    intervalFalseAlarmRate: share(tally.intervalAlarms),
    naiveFalseAlarmRate: share(tally.naiveAlarms),
    peekedFixedHorizonFalseAlarmRate: share(tally.peekedAlarms),
    meanStopping: isGrowing ? { atMde: stop(1), atOneAndAHalfMde: stop(1.5), atTwiceMde: stop(2) } : null,
    undecided: multiples.slice(1).map((_, i) => share(tally.undecided[i + 1]!)),
    wrongSign: multiples.slice(1).map((_, i) => share(tally.wrong[i + 1]!)),
    fixedHorizonPower: share(tally.fixedFound[1]!),
    metric,
    mde: Number((mde * slope).toPrecision(4)),
    looks,
    plannedLook,
  };
}

function splitReport(tally: SplitTally) {
  const share = (count: number) => round(count / tally.repetitions);
  return {
    name: "sample ratio check, 500 looks",
    falseAlarmRate: share(tally.warned[0]!),
    coverage: Math.min(...tally.covered.map(share)),
    blockFalseAlarmRate: share(tally.blocked[0]!),
    chiSquaredFalseAlarmRate: share(tally.chiSquaredFired[0]!),
    detection: splitShares.slice(1).map((firstArmShare, i) => ({
      firstArmShare,
      detected: share(tally.blocked[i + 1]!),
      meanUnits: Math.round(tally.unitsAtBlock[i + 1]! / Math.max(1, tally.blocked[i + 1]!)),
    })),
  };
}

function add<T extends object>(total: T, part: T): T {
  const sum = (a: unknown, b: unknown): unknown =>
    Array.isArray(a) && Array.isArray(b) ? a.map((value, i) => sum(value, b[i])) : Number(a) + Number(b);
  const keys = Object.keys(total) as (keyof T)[];
  return Object.fromEntries(keys.map((key) => [key, sum(total[key], part[key])])) as T;
}

function repetitionsOf(options: string[]): number {
  const given = options.find((option) => option.startsWith("--repetitions="))?.split("=")[1];
  const repetitions = given === undefined ? 2000 : Number(given);
  if (!Number.isInteger(repetitions) || repetitions < 1 || repetitions > 900_000)
    throw new RangeError("--repetitions must be a whole number between 1 and 900000");
  return repetitions;
}

function chunksOf(repetitions: number): { from: number; to: number }[] {
  return Array.from({ length: Math.ceil(repetitions / chunk) }, (_, i) => ({
    from: i * chunk,
    to: Math.min(repetitions, (i + 1) * chunk),
  }));
}

function scenarioOf(task: Task): number | null {
  return task.kind === "split" ? null : task.scenario;
}

function resultOf<K extends TaskResult["kind"]>(
  result: TaskResult,
  kind: K,
): Extract<TaskResult, { kind: K }> {
  if (result.kind !== kind) throw new Error(`a ${kind} task answered ${result.kind}`);
  return result as Extract<TaskResult, { kind: K }>;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
