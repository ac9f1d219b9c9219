import { assignUnit } from "#lib/abtests/assign-unit.ts";
import type { AbDefinition } from "#lib/abtests/definition.ts";
import { cachedDefinition } from "#lib/abtests/definition-cache.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { singleton } from "#lib/core/singleton.ts";
import { rememberOf } from "#lib/db/catalogue-memory.ts";
import type { Deployment as DeploymentRow } from "#lib/db/generated/client.ts";
import { prisma } from "#lib/db/prisma.ts";
import { mergeParameters, type SamplingParameters, samplingParameters } from "#lib/models/parameters.ts";
import { loadModelVersion } from "#lib/models/queries.ts";
import type { ModelVersion } from "#lib/models/schema.ts";
import { findOptionalVersionRow } from "#lib/prompts/queries.ts";
import type { PromptVersion } from "#lib/prompts/schema.ts";
import { findOptionalDeploymentRow } from "./queries.ts";

/** Who asks: what an A/B test assigns by. */
export type Caller = {
  /** The user, as the application names them. */
  unit: string | null;
  sessionId: string | null;
  attributes: Record<string, string | number | boolean | null>;
};

/** What one call of a deployment is served. */
export type Served = {
  deployment: string;
  /** Null: the caller's messages alone. */
  promptVersion: PromptVersion | null;
  modelVersion: ModelVersion;
  /** The deployment's parameters under the variant's. */
  parameters: SamplingParameters;
  /** Null where the call takes no part in a test. */
  assignment: { abTestKey: string; variantKey: string; unitId: string; phase: number } | null;
  /** How often a call that failed is tried again, and the model versions tried after that, in order. */
  retries: number;
  fallbacks: ModelVersion[];
};

/**
 * Decides what a call of this deployment is served: while its A/B test runs, the unit's variant; otherwise its prompt
 * on its model version. A caller without a unit gets the test's default variant and does not count. Null if there is
 * no such deployment. Needs `deployments:invoke`. Throws `conflict` for a disabled one and one with nothing to serve.
 */
export async function resolveDeployment(ctx: Context, name: string, caller: Caller): Promise<Served | null> {
  requireScope(ctx, "deployments:invoke");
  const row = await rememberOf(ctx.projectId, `deployment ${name}`, () =>
    findOptionalDeploymentRow(prisma(), ctx.projectId, name),
  );
  if (!row) return null;
  if (!row.isEnabled) throw new AppError("conflict", `The deployment "${name}" is disabled.`);
  return (
    (await serveTest(ctx, row, caller)) ??
    (await rememberOf(ctx.projectId, `served by ${name}`, () => serveOwn(ctx, row)))
  );
}

async function serveTest(ctx: Context, row: DeploymentRow, caller: Caller): Promise<Served | null> {
  const key = row.abTestId && (await keyOfTest(ctx.projectId, row.abTestId));
  if (!key) return null;
  const definition = await cachedDefinition(ctx.projectId, key);
  const isServedByTest = definition.status === "running" || row.modelVersionId === null;
  if (!isServedByTest || definition.status === "draft") return null;

  const unit = unitOf(definition, caller);
  const variant = unit
    ? await assignUnit(ctx, key, unit, shortened(caller.attributes))
    : { ...defaultVariant(definition), variantKey: "", phase: 0, isInTest: false };
  return {
    deployment: row.name,
    promptVersion: await loadPromptVersion(ctx.projectId, variant.promptVersionId),
    modelVersion: await rememberOf(ctx.projectId, `model version ${variant.modelVersionId}`, () =>
      loadModelVersion(ctx.projectId, variant.modelVersionId),
    ),
    parameters: mergeParameters(samplingParameters.parse(row.parameters), variant.parameters),
    assignment:
      unit && variant.isInTest
        ? { abTestKey: key, variantKey: variant.variantKey, unitId: unit, phase: variant.phase }
        : null,
    ...(await resilienceOf(row)),
  };
}

async function serveOwn(ctx: Context, row: DeploymentRow): Promise<Served> {
  if (!row.modelVersionId) {
    throw new AppError(
      "conflict",
      `The A/B test of "${row.name}" has not been started, and it serves nothing else.`,
    );
  }
  return {
    deployment: row.name,
    promptVersion: await ownPromptVersion(ctx, row),
    modelVersion: await loadModelVersion(ctx.projectId, row.modelVersionId),
    parameters: samplingParameters.parse(row.parameters),
    assignment: null,
    ...(await resilienceOf(row)),
  };
}

async function resilienceOf(row: DeploymentRow): Promise<Pick<Served, "retries" | "fallbacks">> {
  const fallbacks = await Promise.all(
    row.fallbackModelVersionIds.map((id) =>
      rememberOf(row.projectId, `model version ${id}`, () => loadModelVersion(row.projectId, id)),
    ),
  );
  return { retries: row.retries, fallbacks };
}

async function ownPromptVersion(ctx: Context, row: DeploymentRow): Promise<PromptVersion | null> {
  if (row.promptVersionId) return loadPromptVersion(ctx.projectId, row.promptVersionId);
  if (!row.promptId) return null;
  const pointer = await prisma().promptLabel.findUnique({
    where: { promptId_name: { promptId: row.promptId, name: row.promptLabel ?? "production" } },
  });
  if (pointer) return loadPromptVersion(ctx.projectId, pointer.versionId);
  throw new AppError(
    "conflict",
    `The label "${row.promptLabel}" that "${row.name}" serves points at no version.`,
  );
}

function unitOf(
  { unitKind, unitAttribute }: AbDefinition,
  { unit, sessionId, attributes }: Caller,
): string | null {
  if (unitKind === "user") return unit;
  if (unitKind === "session") return sessionId ?? unit;
  const value = unitAttribute ? attributes[unitAttribute] : null;
  return value === null || value === undefined ? unit : String(value);
}

// An attribute that targets is a word; assignUnit refuses longer ones, and a long note must not fail the call.
function shortened(attributes: Caller["attributes"]): Caller["attributes"] {
  const entries = Object.entries(attributes).map(([name, value]) => [
    name.slice(0, 100),
    typeof value === "string" ? value.slice(0, 500) : value,
  ]);
  return Object.fromEntries(entries);
}

function defaultVariant({ variants, defaultVariantKey }: AbDefinition) {
  return variants.find((variant) => variant.key === defaultVariantKey) ?? variants[0]!;
}

/** A test's key never changes. */
function keyOfTest(projectId: string, id: string): Promise<string | null> {
  return rememberOf(projectId, `A/B test ${id}`, async () => {
    const test = await prisma().abTest.findFirst({ where: { id, projectId }, select: { key: true } });
    return test?.key ?? null;
  });
}

const versionLimit = 1000;
const versions = singleton("deployed-prompt-versions", () => new Map<string, PromptVersion>());

/** A version's content never changes, so it is read once a process. (Its labels do: they are not used here.) */
async function loadPromptVersion(projectId: string, id: string): Promise<PromptVersion> {
  const key = `${projectId}/${id}`;
  const known = versions.get(key);
  if (known) return known;
  const version = await findOptionalVersionRow(prisma(), { id, projectId });
  if (!version) throw new AppError("not_found", "The prompt version that is deployed is not there any more.");
  if (versions.size >= versionLimit) versions.clear();
  versions.set(key, version);
  return version;
}
