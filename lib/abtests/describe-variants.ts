import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import { type ContentDiff, diffContent } from "#lib/prompts/diff.ts";
import { findOptionalVersionRow } from "#lib/prompts/queries.ts";
import type { AbTest } from "./definition.ts";

/** A variant in words: what it serves, how it differs from the control, and where its prompt's labels point now. */
export type VariantDescription = {
  key: string;
  name: string;
  weight: number;
  parameters: SamplingParameters;
  prompt: {
    versionId: string;
    name: string;
    number: number;
    labels: { name: string; number: number; versionId: string }[];
  };
  model: { name: string; number: number; providerModel: string; stage: string; isSimulated: boolean };
  /** Null for the control. */
  promptDiff: ContentDiff | null;
};

export async function describeVariants(ctx: Context, test: AbTest): Promise<VariantDescription[]> {
  requireScope(ctx, "read");
  const { projectId } = ctx;
  const idsOf = (field: "promptVersionId" | "modelVersionId") => [
    ...new Set(test.variants.map((variant) => variant[field])),
  ];
  const [found, models] = await Promise.all([
    Promise.all(idsOf("promptVersionId").map((id) => findOptionalVersionRow(prisma(), { id, projectId }))),
    prisma().modelVersion.findMany({
      where: { projectId, id: { in: idsOf("modelVersionId") } },
      include: { model: { select: { name: true } } },
    }),
  ]);
  const prompts = found.filter((prompt) => prompt !== null);
  const labels = await prisma().promptLabel.findMany({
    where: { projectId, promptId: { in: prompts.map((prompt) => prompt.promptId) } },
    include: { version: { select: { number: true } } },
    orderBy: { name: "asc" },
  });
  const connections = await prisma().connection.findMany({
    where: { projectId, id: { in: models.map((model) => model.connectionId) } },
    select: { id: true, provider: true },
  });
  const control = prompts.find((prompt) => prompt.id === test.variants[0]!.promptVersionId);
  return test.variants.map(({ key, name, weight, parameters, promptVersionId, modelVersionId }, index) => {
    const prompt = prompts.find((each) => each.id === promptVersionId);
    const model = models.find((each) => each.id === modelVersionId);
    const provider = connections.find((each) => each.id === model?.connectionId)?.provider;
    return {
      key,
      name,
      weight,
      parameters,
      prompt: {
        versionId: promptVersionId,
        name: prompt?.name ?? "(deleted)",
        number: prompt?.number ?? 0,
        labels: labels
          .filter((label) => label.promptId === prompt?.promptId)
          .map((label) => ({
            name: label.name,
            number: label.version.number,
            versionId: label.versionId,
          })),
      },
      model: {
        name: model?.model.name ?? "(deleted)",
        number: model?.number ?? 0,
        providerModel: model?.providerModel ?? "",
        stage: model?.stage ?? "None",
        isSimulated: provider === "rehearsal",
      },
      promptDiff: index > 0 && control && prompt ? diffContent(control.content, prompt.content) : null,
    };
  });
}
