import type { Context } from "#lib/core/context.ts";
import { randomStream } from "#lib/stats/random.ts";
import { type Call, insertCalls } from "./abtest.fixture.ts";
import { assignUnit } from "./assign-unit.ts";
import { findAbTest } from "./queries.ts";

/** Sends units through a running test, each asking twice; `helpful` says how often an answer helps, by variant. */
export async function sendUnits(
  ctx: Context,
  key: string,
  input: { units: number; helpful: Record<string, number>; seed?: number },
): Promise<void> {
  const { units, helpful, seed = 1 } = input;
  const test = await findAbTest(ctx, key);
  const random = randomStream(seed);
  const at = Date.now() + 1;
  const calls: Call[] = [];
  for (let i = 0; i < units; i++) {
    const unitId = `unit-${seed}-${i}`;
    const { variantKey, isInTest } = await assignUnit(ctx, key, unitId);
    if (!isInTest) continue;
    for (let j = 0; j < 2; j++)
      calls.push({
        unitId,
        variantKey,
        at: new Date(at + j),
        durationMs: 400 * Math.exp(0.3 * random.normal()),
        costUsd: 0.001 * (1 + random.uniform()),
        isError: random.bernoulli(0.01) === 1,
        score: random.bernoulli(helpful[variantKey]!),
      });
  }
  await insertCalls(ctx, test, calls);
}
