import { now } from "#lib/core/clock.ts";
import { type Context, requireScope, systemContext } from "#lib/core/context.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { prisma } from "#lib/db/prisma.ts";
import type { Sums } from "#lib/stats/sums.ts";
import type { Analysis, ReportHistory } from "./analysis.ts";
import { analyze, pooledBaselines } from "./analyze.ts";
import type { Cells } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import { freezeScales } from "./freeze-scales.ts";
import type { MetricId } from "./metrics.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import type { FrozenScale } from "./schema.ts";
import { readCells } from "./store/read-cells.ts";
import { decideVerdict, type Verdict, type VerdictState } from "./verdict.ts";

export type Report = Analysis & {
  test: AbTest;
  generatedAt: Date;
  verdict: Verdict;
  /** When the verdict first said "ship-ready" or "harm": an anytime-valid crossing stays one. */
  firstReached: { state: VerdictState; at: Date } | null;
  /** The sums all mean-type numbers come from, to compute them again elsewhere. */
  sums: SumsOfArm[];
  history: ReportHistory;
  /** Traces and exposures that are stored and not yet in the sums; they follow within seconds. */
  pending: number;
};

export type SumsOfArm = {
  variantKey: string;
  phase: number;
  units: number;
  traces: number;
  measures: Record<string, Sums & { positiveUnits: number }>;
};

/**
 * The report of a test as it is now: one read of the cells, then pure computation. The first look with enough units
 * freezes the scales that had no pre-period baseline, and a change of verdict is appended to the decision log.
 */
export async function getReport(ctx: Context, key: string): Promise<Report> {
  requireScope(ctx, "read");
  const at = now();
  const loaded = await loadAbTest(ctx.projectId, key);
  const cells = await readCells(loaded, at);
  const test = await freezeMissingScales(ctx, loaded, cells, at);
  const analysis = analyze(test, cells, at);
  const verdict = decideVerdict(test, analysis);
  const firstReached = await noteVerdict(ctx, test, verdict);
  return {
    test,
    generatedAt: at,
    ...analysis,
    verdict,
    firstReached,
    sums: sumsOf(cells),
    history: { metrics: [], split: [] },
    pending: 0,
  };
}

/** What is kept with a promotion: enough to recompute the decision, small enough for a row. */
export function evidenceOf(report: Report): JsonObject {
  const { test, generatedAt, verdict, health, metrics, sums } = report;
  return JSON.parse(
    JSON.stringify({ abTestKey: test.key, generatedAt, verdict, design: test.design, health, metrics, sums }),
  ) as JsonObject;
}

async function freezeMissingScales(ctx: Context, test: AbTest, cells: Cells, at: Date): Promise<AbTest> {
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
    const locked = await lockAbTest(tx, ctx.projectId, test.key);
    const added: Record<MetricId, FrozenScale> = freeze(locked.design.frozen);
    if (Object.keys(added).length === 0) return locked;
    const design = { ...locked.design, frozen: { ...locked.design.frozen, ...added } };
    await tx.abTest.update({ where: { id: test.id }, data: { design } });
    await recordDecision(tx, systemContext(ctx.projectId, "Stemma"), {
      abTestId: test.id,
      kind: "scales_frozen",
      note: `Baselines from all variants pooled, at the first look with ${test.design.minimumUnits} units each.`,
      evidence: added,
    });
    return loadAbTest(ctx.projectId, test.key, tx);
  });
}

async function noteVerdict(ctx: Context, test: AbTest, verdict: Verdict): Promise<Report["firstReached"]> {
  const where = { projectId: ctx.projectId, abTestId: test.id, kind: "verdict_changed" };
  const read = async (db: Pick<ReturnType<typeof prisma>, "abDecision">) => {
    const rows = await db.abDecision.findMany({ where, orderBy: [{ at: "asc" }, { id: "asc" }] });
    return rows.map(({ at, evidence }) => ({ at, state: (evidence as { state: VerdictState }).state }));
  };
  let log = await read(prisma());
  if (test.startedAt && !test.stoppedAt && (log.at(-1)?.state ?? "collecting") !== verdict.state) {
    log = await prisma().$transaction(async (tx) => {
      await lockAbTest(tx, ctx.projectId, test.key);
      const current = await read(tx);
      if ((current.at(-1)?.state ?? "collecting") === verdict.state) return current;
      await recordDecision(tx, systemContext(ctx.projectId, "Stemma"), {
        abTestId: test.id,
        kind: "verdict_changed",
        note: verdict.sentence,
        evidence: verdict,
      });
      return read(tx);
    });
  }
  const first = log.find(({ state }) => state === "ship_ready" || state === "harm");
  return first ?? null;
}

function sumsOf(cells: Cells): SumsOfArm[] {
  return cells.arms.map(({ variantKey, phase, units, traces, measures }) => ({
    variantKey,
    phase,
    units,
    traces,
    measures: Object.fromEntries(
      [...measures].map(([measure, cell]) => [measure, { ...cell.sums, positiveUnits: cell.positiveUnits }]),
    ),
  }));
}
