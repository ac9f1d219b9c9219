import { now } from "#lib/core/clock.ts";
import { systemContext } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import type { Analysis } from "./analysis.ts";
import { analyze, pooledBaselines } from "./analyze.ts";
import type { Cells } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import { freezeScales } from "./freeze-scales.ts";
import type { MetricId } from "./metrics.ts";
import { type NotedVerdict, noteVerdict } from "./note-verdict.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import type { FrozenScale } from "./schema.ts";
import { foldPending } from "./store/fold-pending.ts";
import { cappedMeasures, freezeCaps, leastUnitsForCaps } from "./store/freeze-caps.ts";
import { readCells } from "./store/read-cells.ts";
import { saveSnapshot } from "./store/snapshots.ts";
import { decideVerdict, type Verdict } from "./verdict.ts";

export type Evaluation = {
  test: AbTest;
  at: Date;
  cells: Cells;
  analysis: Analysis;
  verdict: Verdict;
  noted: NotedVerdict;
};

/** How long a look may be kept by what has not been counted yet; the worker does the rest. */
const foldBudgetMs = 1000;

/**
 * A look at a test, the one place where the page, the API and the worker take theirs: counts what has arrived, freezes
 * the scales that had no pre-period baseline (at the first look with enough units), analyzes, decides, notes a change
 * of verdict in the decision log, and keeps the hour's snapshot. Throws `not_found`.
 */
export async function evaluateAbTest(projectId: string, key: string): Promise<Evaluation> {
  const at = now();
  await foldPending({ budgetMs: foldBudgetMs });
  const loaded = await loadAbTest(projectId, key);
  let cells = await readCells(loaded.id);
  if (needsCaps(loaded, cells)) {
    await freezeCaps(loaded.id);
    cells = await readCells(loaded.id);
  }
  const test = await freezeMissingScales(projectId, loaded, cells, at);
  const analysis = analyze(test, cells, at);
  const verdict = decideVerdict(test, analysis);
  const noted = await noteVerdict(projectId, test, verdict);
  if (test.startedAt && !test.stoppedAt) await saveSnapshot(test.id, analysis, at);
  return { test, at, cells, analysis, verdict, noted };
}

function needsCaps(test: AbTest, cells: Cells): boolean {
  if (test.status !== "running" || Object.keys(cells.caps ?? {}).length > 0) return false;
  return cappedMeasures.some(
    (measure) =>
      cells.arms.reduce((sum, arm) => sum + (arm.measures.get(measure)?.sums.k ?? 0), 0) >=
        leastUnitsForCaps &&
      cells.arms.some((arm) => (arm.measures.get(measure)?.positiveUnits ?? 0) > 0.01 * arm.units),
  );
}

async function freezeMissingScales(projectId: string, test: AbTest, cells: Cells, at: Date): Promise<AbTest> {
  const chosen = [...test.metrics.success, ...test.metrics.guardrails, ...test.metrics.exploratory];
  const isComplete = chosen.every((choice) => test.design.frozen[choice.metric]);
  if (!test.startedAt || test.stoppedAt || isComplete) return test;
  const baselines = pooledBaselines(test, cells);
  const freeze = (frozen: AbTest["design"]["frozen"]) =>
    freezeScales({
      metrics: test.metrics,
      alpha: test.design.alpha,
      frozen,
      baselines,
      source: "burn_in",
      at,
    });
  if (Object.keys(freeze(test.design.frozen)).length === 0) return test;
  return prisma().$transaction(async (tx) => {
    // Under the row's lock: of two looks at once, the first one's scales stay.
    const locked = await lockAbTest(tx, projectId, test.key);
    const added: Record<MetricId, FrozenScale> = freeze(locked.design.frozen);
    if (Object.keys(added).length === 0) return locked;
    const design = { ...locked.design, frozen: { ...locked.design.frozen, ...added } };
    await tx.abTest.update({ where: { id: test.id }, data: { design } });
    await recordDecision(tx, systemContext(projectId, "Stemma"), {
      abTestId: test.id,
      kind: "scales_frozen",
      note: `Baselines from all variants pooled, at the first look with ${test.design.minimumUnits} units each.`,
      evidence: added,
    });
    return loadAbTest(projectId, test.key, tx);
  });
}
