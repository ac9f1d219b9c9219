import { type Context, requireScope } from "#lib/core/context.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { Sums } from "#lib/stats/sums.ts";
import type { Analysis, ReportHistory } from "./analysis.ts";
import type { Cells } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import { evaluateAbTest } from "./evaluate-ab-test.ts";
import { countPending } from "./store/fold-pending.ts";
import { readHistory } from "./store/snapshots.ts";
import type { Verdict, VerdictState } from "./verdict.ts";

export type Report = Analysis & {
  test: AbTest;
  generatedAt: Date;
  verdict: Verdict;
  /** When the verdict first said "ship-ready" or "harm": an anytime-valid crossing stays one. */
  firstReached: { state: VerdictState; at: Date } | null;
  /** The sums all mean-type numbers come from, to compute them again elsewhere. */
  sums: SumsOfArm[];
  history: ReportHistory;
  /** Traces and exposures of the project that are stored and not yet in the sums; they follow within minutes. */
  pending: number;
};

export type SumsOfArm = {
  variantKey: string;
  phase: number;
  units: number;
  traces: number;
  measures: Record<string, Sums & { positiveUnits: number }>;
};

/** The report of a test as it is now: a look (`evaluateAbTest`) with its history. Throws `not_found`. */
export async function getReport(ctx: Context, key: string): Promise<Report> {
  requireScope(ctx, "read");
  const { test, at, cells, analysis, verdict, noted } = await evaluateAbTest(ctx.projectId, key);
  const [history, pending] = await Promise.all([readHistory(test.id), countPending(ctx.projectId)]);
  const { firstReached } = noted;
  return {
    test,
    generatedAt: at,
    ...analysis,
    verdict,
    firstReached,
    sums: sumsOf(cells),
    history,
    pending,
  };
}

/** What is kept with a promotion: enough to recompute the decision, small enough for a row. */
export function evidenceOf(report: Report): JsonObject {
  const { test, generatedAt, verdict, health, metrics, sums } = report;
  return JSON.parse(
    JSON.stringify({ abTestKey: test.key, generatedAt, verdict, design: test.design, health, metrics, sums }),
  ) as JsonObject;
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
