import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import type {
  Connection as ConnectionRow,
  Model as ModelRow,
  ModelVersion as ModelVersionRow,
} from "#lib/db/generated/client.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { samplingParameters } from "./parameters.ts";
import { type Connection, type Model, type ModelVersion, type Stage, simulatedProvider } from "./schema.ts";

/** The project's connections by name; archived ones only when asked for. */
export async function listConnections(
  ctx: Context,
  { withArchived = false }: { withArchived?: boolean } = {},
): Promise<Connection[]> {
  requireScope(ctx, "read");
  const rows = await prisma().connection.findMany({
    where: { projectId: ctx.projectId, ...(!withArchived && { archivedAt: null }) },
    orderBy: { name: "asc" },
  });
  return rows.map(toConnection);
}

/** By id or name. Throws `not_found`. */
export async function findConnection(ctx: Context, idOrName: string): Promise<Connection> {
  requireScope(ctx, "read");
  return toConnection(await loadConnection(ctx.projectId, idOrName));
}

/** The row itself, with the sealed key. Throws `not_found`. */
export async function loadConnection(
  projectId: string,
  idOrName: string,
  db: Transaction = prisma(),
): Promise<ConnectionRow> {
  const row = await db.connection.findFirst({ where: { projectId, ...byIdOrName(idOrName) } });
  if (!row) throw new AppError("not_found", `There is no connection "${idOrName}".`);
  return row;
}

/** Models with their versions, by name; archived ones left out. */
export async function listModels(ctx: Context): Promise<Model[]> {
  requireScope(ctx, "read");
  const rows = await prisma().model.findMany({
    where: { projectId: ctx.projectId, archivedAt: null },
    include: { versions: { orderBy: { number: "desc" } } },
    orderBy: { name: "asc" },
  });
  return withConnections(ctx.projectId, rows);
}

/** By name or id, with its versions. Throws `not_found`. */
export async function findModel(ctx: Context, nameOrId: string): Promise<Model> {
  requireScope(ctx, "read");
  const row = await prisma().model.findFirst({
    where: { projectId: ctx.projectId, ...byIdOrName(nameOrId) },
    include: { versions: { orderBy: { number: "desc" } } },
  });
  if (!row) throw new AppError("not_found", `There is no model "${nameOrId}".`);
  const [model] = await withConnections(ctx.projectId, [row]);
  return model!;
}

/** Every version of every model that is not archived, by model name, newest first. */
export async function listModelVersions(ctx: Context): Promise<ModelVersion[]> {
  return (await listModels(ctx)).flatMap((model) => model.versions);
}

/** By the version's id. Throws `not_found`. */
export async function findModelVersion(ctx: Context, id: string): Promise<ModelVersion> {
  requireScope(ctx, "read");
  return loadModelVersion(ctx.projectId, id);
}

/** The same without a scope check, for verbs that ask for another scope than `read`. */
export async function loadModelVersion(projectId: string, id: string): Promise<ModelVersion> {
  const row = isId(id)
    ? await prisma().modelVersion.findFirst({ where: { id, projectId }, include: { model: true } })
    : null;
  if (!row) throw new AppError("not_found", "There is no such model version.");
  return toModelVersion(row, row.model, await loadConnection(projectId, row.connectionId));
}

/**
 * The version that serves a plain model name: of those whose provider's id or registered name it is, the one in
 * Production, else the newest that is not archived. Null if there is none.
 */
export async function findVersionByModelName(projectId: string, name: string): Promise<ModelVersion | null> {
  const rows = await prisma().modelVersion.findMany({
    where: {
      projectId,
      stage: { not: "Archived" },
      model: { archivedAt: null },
      OR: [{ providerModel: name }, { model: { name } }],
    },
    include: { model: true },
    orderBy: { createdAt: "desc" },
    take: 100,
  });
  const row = rows.find((each) => each.stage === "Production") ?? rows[0];
  return row ? toModelVersion(row, row.model, await loadConnection(projectId, row.connectionId)) : null;
}

/** The model's row, locked until the transaction ends: its next version number belongs to who holds it. */
export async function lockModel(tx: Transaction, projectId: string, nameOrId: string): Promise<ModelRow> {
  const found = await tx.model.findFirst({ where: { projectId, ...byIdOrName(nameOrId) } });
  if (!found) throw new AppError("not_found", `There is no model "${nameOrId}".`);
  await tx.$queryRaw`select 1 from model where id = ${found.id}::uuid for update`;
  return found;
}

export function toConnection(row: ConnectionRow): Connection {
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    baseUrl: row.baseUrl,
    hasKey: row.encryptedKey !== null,
    keyHint: row.keyHint,
    isSimulated: row.provider === simulatedProvider,
    createdAt: row.createdAt.toISOString(),
    archivedAt: row.archivedAt?.toISOString() ?? null,
  };
}

export function toModelVersion(
  row: ModelVersionRow,
  model: ModelRow,
  connection: ConnectionRow,
): ModelVersion {
  return {
    id: row.id,
    modelId: row.modelId,
    number: row.number,
    providerModel: row.providerModel,
    parameters: samplingParameters.parse(row.parameters),
    stage: row.stage as Stage,
    description: row.description,
    source: row.source as Record<string, unknown>,
    metrics: row.metrics as Record<string, unknown>,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    model: { id: model.id, name: model.name },
    connection: {
      id: connection.id,
      name: connection.name,
      provider: connection.provider,
      baseUrl: connection.baseUrl,
      isSimulated: connection.provider === simulatedProvider,
    },
  };
}

async function withConnections(
  projectId: string,
  rows: (ModelRow & { versions: ModelVersionRow[] })[],
): Promise<Model[]> {
  const ids = [...new Set(rows.flatMap((row) => row.versions.map((version) => version.connectionId)))];
  const connections = await prisma().connection.findMany({ where: { projectId, id: { in: ids } } });
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    createdAt: row.createdAt.toISOString(),
    archivedAt: row.archivedAt?.toISOString() ?? null,
    versions: row.versions.map((version) => toModelVersion(version, row, byId.get(version.connectionId)!)),
  }));
}

function byIdOrName(text: string) {
  return isId(text) ? { OR: [{ id: text }, { name: text }] } : { name: text };
}
