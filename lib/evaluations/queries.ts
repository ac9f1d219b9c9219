import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import type { Candidate as CandidateRow, Evaluation as EvaluationRow } from "#lib/db/generated/client.ts";
import { prisma } from "#lib/db/prisma.ts";
import { samplingParameters } from "#lib/models/parameters.ts";
import { simulatedProvider } from "#lib/models/schema.ts";
import { evaluatorConfig } from "./evaluators/config.ts";
import type { CandidateView, Evaluation, EvaluationStatus, Progress } from "./schema.ts";
import { type CandidateCount, countResults } from "./store/count-results.ts";

type Row = EvaluationRow & { candidates: CandidateRow[] };

/** Throws `not_found`. */
export async function findEvaluation(ctx: Context, id: string): Promise<Evaluation> {
  requireScope(ctx, "read");
  const row = isId(id)
    ? await prisma().evaluation.findFirst({
        where: { id, projectId: ctx.projectId },
        include: withCandidates,
      })
    : null;
  if (!row) throw new AppError("not_found", "There is no such evaluation.");
  const [evaluation] = await toEvaluations(ctx.projectId, [row]);
  return evaluation!;
}

/** Newest first; `cursor` is the last page's `nextCursor`. */
export async function listEvaluations(
  ctx: Context,
  page: { cursor?: string; limit?: number; datasetVersionId?: string } = {},
): Promise<{ data: Evaluation[]; nextCursor: string | null }> {
  requireScope(ctx, "read");
  const { cursor, limit = 50, datasetVersionId } = page;
  if (cursor && !isId(cursor))
    throw new AppError("invalid_input", "The cursor is not one that this list gave.");
  const rows = await prisma().evaluation.findMany({
    where: { projectId: ctx.projectId, datasetVersionId, ...(cursor && { id: { lt: cursor } }) },
    include: withCandidates,
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const data = await toEvaluations(ctx.projectId, rows.slice(0, limit));
  return { data, nextCursor: rows.length > limit ? data.at(-1)!.id : null };
}

/** Status and counts alone: what a progress bar asks for every second. Throws `not_found`. */
export async function readProgress(
  ctx: Context,
  id: string,
): Promise<{ status: EvaluationStatus; progress: Progress }> {
  requireScope(ctx, "read");
  const row = isId(id)
    ? await prisma().evaluation.findFirst({
        where: { id, projectId: ctx.projectId },
        include: { _count: { select: { candidates: true } } },
      })
    : null;
  if (!row) throw new AppError("not_found", "There is no such evaluation.");
  const total = row.itemCount * row.repeats * row._count.candidates;
  return {
    status: row.status as EvaluationStatus,
    progress: sumProgress(await countResults(ctx.projectId, [id]), total),
  };
}

export function sumProgress(counts: readonly CandidateCount[], total: number): Progress {
  return {
    done: counts.reduce((sum, count) => sum + count.done, 0),
    errors: counts.reduce((sum, count) => sum + count.errors, 0),
    total,
  };
}

const withCandidates = { candidates: { orderBy: { position: "asc" as const } } };

async function toEvaluations(projectId: string, rows: readonly Row[]): Promise<Evaluation[]> {
  const candidates = rows.flatMap((row) => row.candidates);
  const [views, datasetVersions, counts] = await Promise.all([
    describeCandidates(projectId, candidates),
    prisma().datasetVersion.findMany({
      where: { projectId, id: { in: rows.map((row) => row.datasetVersionId) } },
      include: { dataset: true },
    }),
    countResults(
      projectId,
      rows.map((row) => row.id),
    ),
  ]);
  return rows.map((row) => {
    const datasetVersion = datasetVersions.find((version) => version.id === row.datasetVersionId);
    const total = row.itemCount * row.repeats * row.candidates.length;
    return {
      id: row.id,
      name: row.name,
      status: row.status as EvaluationStatus,
      datasetVersionId: row.datasetVersionId,
      datasetName: datasetVersion?.dataset.name ?? "deleted dataset",
      datasetVersionNumber: datasetVersion?.number ?? 0,
      itemCount: row.itemCount,
      repeats: row.repeats,
      concurrency: row.concurrency,
      evaluators: evaluatorConfig.array().parse(row.evaluators),
      createdBy: row.createdBy,
      createdAt: row.createdAt.toISOString(),
      startedAt: row.startedAt?.toISOString() ?? null,
      finishedAt: row.finishedAt?.toISOString() ?? null,
      error: row.error,
      candidates: row.candidates.map((candidate) => views.get(candidate.id)!),
      progress: sumProgress(
        counts.filter((count) => count.evaluationId === row.id),
        total,
      ),
    };
  });
}

async function describeCandidates(
  projectId: string,
  rows: readonly CandidateRow[],
): Promise<Map<string, CandidateView>> {
  const [prompts, models, connections] = await Promise.all([
    prisma().promptVersion.findMany({
      where: { projectId, id: { in: rows.map((row) => row.promptVersionId) } },
      select: { id: true, number: true, prompt: { select: { name: true } } },
    }),
    prisma().modelVersion.findMany({
      where: { projectId, id: { in: rows.map((row) => row.modelVersionId) } },
      include: { model: true },
    }),
    prisma().connection.findMany({ where: { projectId }, select: { id: true, provider: true } }),
  ]);
  const providerOf = new Map(connections.map((connection) => [connection.id, connection.provider]));
  return new Map(
    rows.map((row) => {
      const prompt = prompts.find((version) => version.id === row.promptVersionId);
      const model = models.find((version) => version.id === row.modelVersionId);
      const view: CandidateView = {
        id: row.id,
        letter: letterOf(row.position),
        isBaseline: row.isBaseline,
        promptVersionId: row.promptVersionId,
        promptName: prompt?.prompt.name ?? "deleted prompt",
        promptNumber: prompt?.number ?? 0,
        modelVersionId: row.modelVersionId,
        modelName: model?.model.name ?? "deleted model",
        modelNumber: model?.number ?? 0,
        providerModel: model?.providerModel ?? "",
        isSimulated: model ? providerOf.get(model.connectionId) === simulatedProvider : false,
        parameters: samplingParameters.parse(row.parameters),
      };
      return [row.id, view];
    }),
  );
}

/** 0 → A, 25 → Z, 26 → A1: as the candidate's mark in the pages says it. */
function letterOf(position: number): string {
  const letter = String.fromCharCode(65 + (position % 26));
  return position < 26 ? letter : `${letter}${Math.floor(position / 26)}`;
}
