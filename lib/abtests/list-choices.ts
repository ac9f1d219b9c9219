import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listModelVersions } from "#lib/models/queries.ts";
import { readScoreNames } from "./store/read-score-names.ts";

/** What a test can be made of. */
export type AbTestChoices = {
  promptVersions: { id: string; promptName: string; number: number; message: string; labels: string[] }[];
  modelVersions: {
    id: string;
    modelName: string;
    number: number;
    providerModel: string;
    isSimulated: boolean;
  }[];
  scoreNames: string[];
};

/** The prompt versions (of prompts that are not archived, newest first, at most 1000), model versions and scores. */
export async function listChoices(ctx: Context): Promise<AbTestChoices> {
  requireScope(ctx, "read");
  const [prompts, models, scoreNames] = await Promise.all([
    prisma().promptVersion.findMany({
      where: { projectId: ctx.projectId, prompt: { archivedAt: null } },
      select: {
        id: true,
        number: true,
        message: true,
        prompt: { select: { name: true } },
        labels: { select: { name: true } },
      },
      orderBy: [{ prompt: { name: "asc" } }, { number: "desc" }],
      take: 1000,
    }),
    listModelVersions(ctx),
    readScoreNames(ctx.projectId),
  ]);
  return {
    promptVersions: prompts.map(({ id, number, message, prompt, labels }) => ({
      id,
      number,
      message,
      promptName: prompt.name,
      labels: labels.map((label) => label.name),
    })),
    modelVersions: models.map(({ id, number, providerModel, model, connection }) => ({
      id,
      number,
      providerModel,
      modelName: model.name,
      isSimulated: connection.isSimulated,
    })),
    scoreNames,
  };
}
