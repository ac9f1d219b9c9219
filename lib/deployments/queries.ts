import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { Deployment as DeploymentRow } from "#lib/db/generated/client.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { samplingParameters } from "#lib/models/parameters.ts";
import { simulatedProvider } from "#lib/models/schema.ts";
import type { Deployment } from "./schema.ts";

/** By name; those after `cursor` (a name), `limit` at a time. */
export async function listDeployments(
  ctx: Context,
  page: { cursor?: string; limit?: number } = {},
): Promise<{ data: Deployment[]; nextCursor: string | null }> {
  requireScope(ctx, "read");
  const limit = page.limit ?? 100;
  const rows = await prisma().deployment.findMany({
    where: { projectId: ctx.projectId, ...(page.cursor && { name: { gt: page.cursor } }) },
    orderBy: { name: "asc" },
    take: limit + 1,
  });
  const data = await describeRows(prisma(), ctx.projectId, rows.slice(0, limit));
  return { data, nextCursor: rows.length > limit ? data.at(-1)!.name : null };
}

/** Throws `not_found`. */
export async function findDeployment(ctx: Context, name: string): Promise<Deployment> {
  requireScope(ctx, "read");
  return describeDeployment(prisma(), await requireRow(prisma(), ctx.projectId, name));
}

/** The row, for the gateway; null if the project has none of this name. */
export function findOptionalDeploymentRow(
  db: Transaction,
  projectId: string,
  name: string,
): Promise<DeploymentRow | null> {
  return db.deployment.findUnique({ where: { projectId_name: { projectId, name } } });
}

export async function requireRow(db: Transaction, projectId: string, name: string): Promise<DeploymentRow> {
  const row = await findOptionalDeploymentRow(db, projectId, name);
  if (!row) throw new AppError("not_found", `There is no deployment "${name}".`);
  return row;
}

export async function describeDeployment(db: Transaction, row: DeploymentRow): Promise<Deployment> {
  const [deployment] = await describeRows(db, row.projectId, [row]);
  return deployment!;
}

async function describeRows(
  db: Transaction,
  projectId: string,
  rows: DeploymentRow[],
): Promise<Deployment[]> {
  const ids = (pick: (row: DeploymentRow) => string | null) => [
    ...new Set(rows.map(pick).filter((id) => id !== null)),
  ];
  const among = (pick: (row: DeploymentRow) => string | null) => ({ projectId, id: { in: ids(pick) } });
  const tests = await db.abTest.findMany({
    where: among((row) => row.abTestId),
    select: { id: true, key: true, status: true },
  });
  const prompts = await db.prompt.findMany({
    where: among((row) => row.promptId),
    select: {
      id: true,
      name: true,
      labels: { select: { name: true, version: { select: { number: true } } } },
    },
  });
  const pinned = await db.promptVersion.findMany({
    where: among((row) => row.promptVersionId),
    select: { id: true, number: true },
  });
  const versions = await db.modelVersion.findMany({
    where: among((row) => row.modelVersionId),
    include: { model: true },
  });
  const connections = await db.connection.findMany({
    where: { projectId, id: { in: versions.map((version) => version.connectionId) } },
    select: { id: true, provider: true },
  });

  return rows.map((row) => {
    const prompt = prompts.find((each) => each.id === row.promptId);
    const version = versions.find((each) => each.id === row.modelVersionId);
    const byLabel = prompt?.labels.find((label) => label.name === row.promptLabel)?.version.number;
    const byPin = pinned.find((each) => each.id === row.promptVersionId)?.number;
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      isEnabled: row.isEnabled,
      abTest: tests.find((test) => test.id === row.abTestId) ?? null,
      prompt: prompt
        ? {
            id: prompt.id,
            name: prompt.name,
            label: row.promptLabel,
            pinnedVersionId: row.promptVersionId,
            versionNumber: byPin ?? byLabel ?? null,
          }
        : null,
      modelVersion: version
        ? {
            id: version.id,
            number: version.number,
            modelName: version.model.name,
            providerModel: version.providerModel,
            isSimulated:
              connections.find((each) => each.id === version.connectionId)?.provider === simulatedProvider,
          }
        : null,
      parameters: samplingParameters.parse(row.parameters),
      retries: row.retries,
      fallbackModelVersionIds: row.fallbackModelVersionIds,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  });
}
