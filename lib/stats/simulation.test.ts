import { describe, expect, it } from "vitest";
import { rateDifferenceConfidenceSequence } from "./bernoulli-confidence-sequence.ts";
import { mixingScale } from "./boundary.ts";
import { confidenceSequence, oneSidedConfidenceSequence } from "./confidence-sequence.ts";
import { difference } from "./difference.ts";
import { normalQuantile } from "./distributions.ts";
import type { Estimate } from "./estimate.ts";
import { jackknifeQuantile } from "./jackknife.ts";
import { bucketOf } from "./log-histogram.ts";
import { type RandomStream, randomStream } from "./random.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import { sampleRatioTest } from "./sample-ratio-test.ts";
import { mergeSums, type Sums, unitSums } from "./sums.ts";

/*
 * Seeded A/A and A/B runs, looked at many times each. The promise is that *any* look rejects a true null in at most
 * 5 % of tests; more than 35 of 400 would be alarming, and all of these are expected far below 20.
 */

const alpha = 0.05;
const repetitions = 400;

/** How many of the repetitions reject at any look, and how many at any look of a fixed-horizon test. */
interface Rejections {
  anytime: number;
  fixed: number;
}

function count(
  run: (random: RandomStream, tau: number) => Iterable<[Estimate, Estimate]>,
  tau: number,
  reps = repetitions,
) {
  const rejections: Rejections = { anytime: 0, fixed: 0 };
  const z = normalQuantile(1 - alpha / 2);
  for (let seed = 0; seed < reps; seed++) {
    let [anytime, fixed] = [false, false];
    for (const [a, b] of run(randomStream(seed), tau)) {
      const gap = difference(a, b);
      if (gap.status !== "ok") continue;
      const { lower, upper } = confidenceSequence({ ...gap, tau, alpha });
      anytime ||= lower > 0 || upper < 0;
      fixed ||= Math.abs(gap.estimate) > z * gap.standardError;
    }
    rejections.anytime += Number(anytime);
    rejections.fixed += Number(fixed);
  }
  return rejections;
}

/** Independent units, `batch` per arm between looks. */
function* independent(
  draw: (arm: 0 | 1) => number,
  batch: number,
  looks: number,
): Iterable<[Estimate, Estimate]> {
  const arms: Sums[] = [mergeSums([]), mergeSums([])];
  for (let look = 0; look < looks; look++) {
    for (const arm of [0, 1] as const) {
      let [s, ss] = [0, 0];
      for (let i = 0; i < batch; i++) {
        const value = draw(arm);
        s += value;
        ss += value * value;
      }
      arms[arm] = mergeSums([arms[arm]!, { k: batch, n: batch, s, nn: batch, ss, ns: s }]);
    }
    yield [ratioEstimate(arms[0]!), ratioEstimate(arms[1]!)];
  }
}

describe("any-time false alarms stay below alpha", () => {
  it("for independent normal units, where the fixed test alarms in a third", () => {
    const { anytime, fixed } = count(
      (random) => independent(() => random.normal(), 100, 60),
      mixingScale(0.1, alpha),
    );
    expect(anytime).toBeLessThan(20);
    expect(fixed).toBeGreaterThan(100);
  });

  it("for heavy-tailed units", () => {
    const draw = (random: RandomStream) => () => Math.exp(2 * random.normal());
    expect(
      count((random) => independent(draw(random), 100, 50), mixingScale(1.5, alpha)).anytime,
    ).toBeLessThan(20);
  });

  it("for per-trace means of users who keep coming back, where rows are not independent", () => {
    const { anytime, fixed } = count((random) => clustered(random, 0), mixingScale(0.1, alpha));
    expect(anytime).toBeLessThan(20);
    expect(fixed).toBeGreaterThan(40);
  });

  it("for p95 of clustered latencies, by the jackknife", () => {
    const { anytime } = count((random) => latencies(random, 60, 6), mixingScale(250, alpha), 150);
    expect(anytime).toBeLessThan(12);
  });

  it("for p95 of two traces a user, from the hundredth user on", () => {
    const { anytime } = count((random) => latencies(random, 50, 2), mixingScale(500, alpha), 200);
    expect(anytime).toBeLessThan(12);
  });

  it("for rare outcomes, by the nonasymptotic fallback from the first unit on", () => {
    let alarms = 0;
    for (let seed = 0; seed < repetitions; seed++) {
      const random = randomStream(seed);
      const arms = [0, 1].map(() => ({ successes: 0, trials: 0 }));
      let isAlarm = false;
      for (let look = 0; look < 12 && !isAlarm; look++) {
        for (const arm of arms) {
          for (let i = 0; i < 25; i++) arm.successes += random.bernoulli(0.02);
          arm.trials += 25;
        }
        const gap = rateDifferenceConfidenceSequence({ a: arms[0]!, b: arms[1]!, alpha, tOpt: 200 });
        isAlarm = gap.status === "ok" && (gap.lower > 0 || gap.upper < 0);
      }
      alarms += Number(isAlarm);
    }
    expect(alarms).toBeLessThan(8);
  });

  it("for the sample ratio test at 1 % over a hundred looks", () => {
    let blocks = 0;
    for (let seed = 0; seed < repetitions; seed++) {
      const random = randomStream(seed);
      const counts = [0, 0];
      let isBlocked = false;
      for (let look = 0; look < 100 && !isBlocked; look++) {
        for (let i = 0; i < 100; i++) counts[random.bernoulli(0.5)]! += 1;
        isBlocked = sampleRatioTest([{ counts, weights: [0.5, 0.5] }]).level === "block";
      }
      blocks += Number(isBlocked);
    }
    expect(blocks).toBeLessThanOrEqual(8);
  });
});

describe("real effects are found", () => {
  it("of the planned size in about half the tests by the fixed-horizon time, in most by twice it", () => {
    const mde = 0.1;
    const unitsPerArm = (2 * (1.959964 + 0.841621) ** 2) / mde ** 2;
    const powerAt = (horizon: number) => {
      const looks = 60;
      const batch = Math.round((unitsPerArm * horizon) / looks);
      const run = (random: RandomStream) =>
        independent((arm) => random.normal() + (arm === 1 ? mde : 0), batch, looks);
      return count(run, mixingScale(mde, alpha), 200).anytime / 200;
    };
    expect(powerAt(1)).toBeGreaterThan(0.42);
    expect(powerAt(1)).toBeLessThan(0.64);
    expect(powerAt(2)).toBeGreaterThan(0.8);
  });

  it("and the interval keeps covering the truth at every look", () => {
    let misses = 0;
    for (let seed = 0; seed < repetitions; seed++) {
      const random = randomStream(seed);
      let isMissed = false;
      for (const [a, b] of independent((arm) => random.normal() + 0.08 * arm, 100, 40)) {
        const gap = difference(a, b);
        if (gap.status !== "ok") throw new Error(gap.reason);
        const bound = { ...gap, tau: mixingScale(0.1, alpha), alpha, direction: "lower" } as const;
        isMissed ||= oneSidedConfidenceSequence(bound).lower > 0.08;
      }
      misses += Number(isMissed);
    }
    expect(misses).toBeLessThan(20);
  });

  it("as a 52/48 split within 15 000 units", () => {
    let found = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = randomStream(seed);
      const counts = [0, 0];
      for (let i = 0; i < 15_000; i++) counts[random.bernoulli(0.48)]! += 1;
      found += Number(sampleRatioTest([{ counts, weights: [0.5, 0.5] }]).level === "block");
    }
    expect(found).toBeGreaterThan(45);
  });
});

/** Users arrive daily and return; each has its own mean (ICC .2). One look a day over 40 days. */
function* clustered(random: RandomStream, effect: number): Iterable<[Estimate, Estimate]> {
  const users: { arm: 0 | 1; own: number; n: number; s: number }[] = [];
  const sums: Sums[] = [mergeSums([]), mergeSums([])];
  for (let day = 0; day < 40; day++) {
    for (let i = 0; i < 30; i++) {
      users.push({ arm: random.bernoulli(0.5), own: 0.5 * random.normal(), n: 0, s: 0 });
    }
    for (const user of users) {
      const traces = random.poisson(0.6);
      if (traces === 0) continue;
      const before = unitSums(user.s, user.n);
      for (let t = 0; t < traces; t++) user.s += user.own + random.normal() + effect * user.arm;
      user.n += traces;
      replaceUnit(sums[user.arm]!, user.n === traces ? null : before, unitSums(user.s, user.n));
    }
    yield [ratioEstimate(sums[0]!), ratioEstimate(sums[1]!)];
  }
}

function replaceUnit(sums: Sums, before: Sums | null, after: Sums) {
  for (const field of Object.keys(sums) as (keyof Sums)[])
    sums[field] += after[field] - (before?.[field] ?? 0);
}

/** p95 in ms of users with their own speed and `traces` each; 12 looks, each with `users` more per arm. */
function* latencies(random: RandomStream, users: number, traces: number): Iterable<[Estimate, Estimate]> {
  const arms = [0, 1].map(() => Array.from({ length: 100 }, () => new Map<number, number>()));
  for (let look = 1; look <= 12; look++) {
    for (const groups of arms) {
      for (let user = 0; user < users; user++) {
        const own = 0.4 * random.normal();
        const group = groups[random.integer(100)]!;
        for (let trace = 0; trace < traces; trace++) {
          const key = bucketOf(1000 * Math.exp(own + 0.4 * random.normal()));
          group.set(key, (group.get(key) ?? 0) + 1);
        }
      }
    }
    if (look < 2) continue;
    const [a, b] = arms.map((groups) => jackknifeQuantile({ groups, level: 0.95, units: users * look }));
    yield [a!, b!];
  }
}
