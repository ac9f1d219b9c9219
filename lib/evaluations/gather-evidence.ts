import { getReport } from "#lib/abtests/get-report.ts";
import type { VerdictState } from "#lib/abtests/verdict.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { Json } from "#lib/core/json.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findVersion } from "#lib/prompts/find-version.ts";
import { getMatrix } from "./get-matrix.ts";
import type { Metric } from "./metrics.ts";
import type { Cell, EvaluationStatus, PairedDifference } from "./schema.ts";

/** One candidate's numbers in an evaluation, and which of the two versions it was of. */
export type EvidenceRow = {
  versionNumber: number;
  modelName: string;
  cells: Record<string, Cell>;
  /** Against the version that is replaced, where the evaluation had it; empty for that one itself. */
  differences: Record<string, PairedDifference>;
};

export type EvaluationEvidence = {
  id: string;
  name: string;
  status: EvaluationStatus;
  datasetName: string;
  datasetVersionNumber: number;
  createdAt: string;
  metrics: Metric[];
  rows: EvidenceRow[];
};

export type AbTestEvidence = {
  key: string;
  name: string;
  status: string;
  variants: { key: string; versionNumber: number }[];
  /** Null while the test is a draft. */
  verdict: { state: VerdictState; sentence: string } | null;
};

/** What is known of a version and of the one it would replace, as it was at `at`. */
export type Evidence = { at: string; evaluations: EvaluationEvidence[]; abTests: AbTestEvidence[] };

const mostOfEach = 4;

/** The newest evaluations and A/B tests that either version took part in: what a promotion rests on. */
export async function gatherEvidence(
  ctx: Context,
  input: { promptName: string; from: number | null; to: number },
): Promise<Evidence> {
  requireScope(ctx, "prompts:read");
  requireScope(ctx, "read");
  const numbers = [...new Set([input.from, input.to])].filter((number) => number !== null);
  const versions = await Promise.all(
    numbers.map((version) => findVersion(ctx, { name: input.promptName, version })),
  );
  if (versions.length === 0) throw new AppError("invalid_input", "Name the version to promote.");
  const numberOf = new Map(versions.map((version) => [version.id, version.number]));
  const [evaluations, abTests] = await Promise.all([
    listEvaluationEvidence(ctx, numberOf, input.from),
    listAbTestEvidence(ctx, numberOf),
  ]);
  return { at: new Date().toISOString(), evaluations, abTests };
}

/** The evidence as it is kept with a move; undefined if there is none. */
export function toStoredEvidence(evidence: Evidence): Json | undefined {
  if (evidence.evaluations.length === 0 && evidence.abTests.length === 0) return undefined;
  return JSON.parse(JSON.stringify(evidence)) as Json;
}

async function listEvaluationEvidence(
  ctx: Context,
  numberOf: ReadonlyMap<string, number>,
  from: number | null,
): Promise<EvaluationEvidence[]> {
  const found = await prisma().evaluation.findMany({
    where: {
      projectId: ctx.projectId,
      status: { in: ["done", "running"] },
      candidates: { some: { promptVersionId: { in: [...numberOf.keys()] } } },
    },
    orderBy: { id: "desc" },
    take: mostOfEach,
    select: { id: true, candidates: { select: { id: true, promptVersionId: true } } },
  });
  return await Promise.all(
    found.map(async ({ id, candidates }) => {
      const replaced = candidates.find((each) => numberOf.get(each.promptVersionId) === from);
      const matrix = await getMatrix(ctx, id, { baselineId: replaced?.id });
      const { name, status, datasetName, datasetVersionNumber, createdAt } = matrix.evaluation;
      const rows = matrix.rows.flatMap(({ candidate, cells, differences }): EvidenceRow[] => {
        const versionNumber = numberOf.get(candidate.promptVersionId);
        if (versionNumber === undefined) return [];
        const modelName = `${candidate.modelName} v${candidate.modelNumber}`;
        return [{ versionNumber, modelName, cells, differences: replaced ? differences : {} }];
      });
      return {
        id,
        name,
        status,
        datasetName,
        datasetVersionNumber,
        createdAt,
        metrics: matrix.metrics,
        rows,
      };
    }),
  );
}

async function listAbTestEvidence(
  ctx: Context,
  numberOf: ReadonlyMap<string, number>,
): Promise<AbTestEvidence[]> {
  const found = await prisma().abTest.findMany({
    where: {
      projectId: ctx.projectId,
      variants: { some: { promptVersionId: { in: [...numberOf.keys()] } } },
    },
    orderBy: { id: "desc" },
    take: mostOfEach,
    include: { variants: { select: { key: true, promptVersionId: true } } },
  });
  return await Promise.all(
    found.map(async ({ key, name, status, variants }) => {
      const report = status === "draft" ? null : await getReport(ctx, key);
      return {
        key,
        name,
        status,
        variants: variants.flatMap((variant) => {
          const versionNumber = numberOf.get(variant.promptVersionId);
          return versionNumber === undefined ? [] : [{ key: variant.key, versionNumber }];
        }),
        verdict: report && { state: report.verdict.state, sentence: report.verdict.sentence },
      };
    }),
  );
}
