import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { prisma } from "#lib/db/prisma.ts";
import { mergeParameters, type SamplingParameters } from "#lib/models/parameters.ts";
import { loadModelVersion } from "#lib/models/queries.ts";
import type { TemplateProblem } from "#lib/prompts/problem.ts";
import { findOptionalVersionRow } from "#lib/prompts/queries.ts";
import type { ChatMessage, PlaceholderValues } from "#lib/prompts/schema.ts";
import { compile } from "#lib/prompts/template.ts";
import { assignUnit } from "./assign-unit.ts";
import type { Attributes } from "./schema.ts";

export type CompiledAssignment = {
  abTestId: string;
  abTestKey: string;
  variantKey: string;
  phase: number;
  isInTest: boolean;
  prompt: { versionId: string; name: string; version: number };
  model: { versionId: string; name: string; version: number; providerModel: string; provider: string };
  /** The model's defaults under the prompt's under the variant's. */
  parameters: SamplingParameters;
  /** Null unless variables were given. */
  messages: ChatMessage[] | null;
  text: string | null;
  problems: TemplateProblem[];
  /** To put on the span of the call, so that its trace is found again: OpenTelemetry attributes. */
  spanAttributes: JsonObject;
};

/** All that an application needs to call the model itself: the unit's variant, compiled, and its span's attributes. */
export async function assignAndCompile(
  ctx: Context,
  key: string,
  input: { unit: string; attributes?: Attributes; variables?: JsonObject; placeholders?: PlaceholderValues },
): Promise<CompiledAssignment> {
  const assigned = await assignUnit(ctx, key, input.unit, input.attributes ?? {});
  const [prompt, model] = await Promise.all([
    findOptionalVersionRow(prisma(), { id: assigned.promptVersionId, projectId: ctx.projectId }),
    loadModelVersion(ctx.projectId, assigned.modelVersionId),
  ]);
  if (!prompt)
    throw new AppError(
      "conflict",
      `The prompt version of variant ${assigned.variantKey} of "${key}" has been deleted. Stop the test, and make a new one.`,
    );
  const { abTestId, abTestKey, variantKey, phase, isInTest } = assigned;
  const compiled = input.variables ? compile(prompt.content, input.variables, input.placeholders) : null;
  const parameters = mergeParameters(model.parameters, prompt.content.parameters, assigned.parameters);
  return {
    abTestId,
    abTestKey,
    variantKey,
    phase,
    isInTest,
    prompt: { versionId: prompt.id, name: prompt.name, version: prompt.number },
    model: {
      versionId: model.id,
      name: model.model.name,
      version: model.number,
      providerModel: model.providerModel,
      provider: model.connection.provider,
    },
    parameters,
    messages: compiled?.messages ?? null,
    text: compiled?.text ?? null,
    problems: compiled?.problems ?? [],
    spanAttributes: present({
      "gen_ai.provider.name": model.connection.provider,
      "gen_ai.request.model": model.providerModel,
      "gen_ai.request.temperature": parameters.temperature,
      "gen_ai.request.top_p": parameters.topP,
      "gen_ai.request.max_tokens": parameters.maxTokens,
      "gen_ai.request.seed": parameters.seed,
      "gen_ai.request.stop_sequences": parameters.stop,
      "gen_ai.prompt.name": prompt.name,
      "gen_ai.prompt.version": String(prompt.number),
      ...(isInTest && {
        "stemma.ab_test.key": abTestKey,
        "stemma.ab_test.variant": variantKey,
        "stemma.ab_test.unit": input.unit,
      }),
    }),
  };
}

function present(attributes: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}
