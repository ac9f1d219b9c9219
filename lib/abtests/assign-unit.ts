import { now } from "#lib/core/clock.ts";
import { type Context, hasScope, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { singleton } from "#lib/core/singleton.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import { assignVariant } from "./assign.ts";
import type { AbDefinition } from "./definition.ts";
import { cachedDefinition } from "./definition-cache.ts";
import { parseFields } from "./parse-fields.ts";
import { type Attributes, assignInput } from "./schema.ts";
import { type Exposure, exposeUnit, findOptionalExposure } from "./store/expose-unit.ts";

export type UnitAssignment = {
  abTestId: string;
  abTestKey: string;
  variantKey: string;
  promptVersionId: string;
  modelVersionId: string;
  parameters: SamplingParameters;
  phase: number;
  /** False: serve this variant, but put no A/B attributes on the trace; the unit does not count. */
  isInTest: boolean;
};

/** An exposure never changes once it is stored, so it may be remembered for good; bounded for memory's sake. */
const remembered = singleton("ab-exposures", () => new Map<string, Exposure>());
const rememberedLimit = 50_000;

/**
 * The unit's variant: sticky (its first assignment wins over weights, coverage and targeting changed since), and
 * stored before this resolves, so no trace can be acknowledged without its exposure. Needs `deployments:invoke` or
 * `traces:write`. Throws `not_found` for an unknown key and `invalid_input` for a unit over 512 bytes.
 */
export async function assignUnit(
  ctx: Context,
  key: string,
  unit: string,
  attributes: Attributes = {},
): Promise<UnitAssignment> {
  if (!hasScope(ctx, "traces:write")) requireScope(ctx, "deployments:invoke");
  parseFields(assignInput.pick({ unit: true }), { unit });
  const definition = await cachedDefinition(ctx.projectId, key);
  if (definition.status === "draft")
    throw new AppError("conflict", `The A/B test "${key}" has not been started.`);
  const choice = assignVariant(definition, unit, attributes);
  if (choice.reason === "not_running") return served(definition, choice.variantKey, definition.phase, false);
  const known =
    remembered.get(`${definition.abTestId}/${unit}`) ??
    (choice.isInTest ? null : await findOptionalExposure(ctx.projectId, definition.abTestId, unit));
  if (known) return served(definition, known.variantKey, known.phase, true);
  if (!choice.isInTest) return served(definition, choice.variantKey, definition.phase, false);
  const exposure = await exposeUnit({
    projectId: ctx.projectId,
    abTestId: definition.abTestId,
    unitId: unit,
    variantKey: choice.variantKey,
    phase: definition.phase,
    hashVersion: definition.hashVersion,
    propensities: definition.variants.map((variant) => variant.weight * definition.coverage),
    attributes: keptAttributes(attributes),
    at: now(),
  });
  remember(`${definition.abTestId}/${unit}`, exposure);
  return served(definition, exposure.variantKey, exposure.phase, true);
}

function served(
  definition: AbDefinition,
  variantKey: string,
  phase: number,
  isInTest: boolean,
): UnitAssignment {
  const variant = definition.variants.find((each) => each.key === variantKey) ?? definition.variants[0]!;
  const { promptVersionId, modelVersionId, parameters } = variant;
  const { abTestId, abTestKey } = definition;
  return {
    abTestId,
    abTestKey,
    variantKey: variant.key,
    promptVersionId,
    modelVersionId,
    parameters,
    phase,
    isInTest,
  };
}

/** What segments can later be made of: short values, not documents that came along as metadata. */
function keptAttributes(attributes: Attributes): Attributes {
  const short = Object.entries(attributes).filter(
    ([name, value]) => name.length <= 100 && (typeof value !== "string" || value.length <= 200),
  );
  return Object.fromEntries(short.slice(0, 30));
}

function remember(id: string, exposure: Exposure): void {
  if (remembered.size >= rememberedLimit) {
    const oldest = remembered.keys().next().value;
    if (oldest !== undefined) remembered.delete(oldest);
  }
  remembered.set(id, exposure);
}
