import { assignVariant, type VariantChoice } from "#lib/abtests/assign.ts";
import type { CompiledAssignment } from "#lib/abtests/assign-and-compile.ts";
import type { AbDefinition } from "#lib/abtests/definition.ts";
import type { Attributes } from "#lib/abtests/schema.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { PlaceholderValues } from "#lib/prompts/schema.ts";
import type { Send, StemmaOptions } from "./connection.ts";
import { Remembered } from "./remembered.ts";

/** What `assign` answers: the variant, its prompt (compiled if variables were given), model and parameters. */
export type Assignment = CompiledAssignment & { unit: string };

export type LocalAssignment = {
  abTestKey: string;
  unit: string;
  variantKey: string;
  /** False: serve this variant, but put no A/B attributes on the span; the unit does not count. */
  isInTest: boolean;
  /** Why it is not in the test. */
  reason: VariantChoice["reason"];
  promptVersionId: string;
  modelVersionId: string;
  /** The variant's own, over the prompt's and the model's. */
  parameters: SamplingParameters;
};

const definitionTtlMs = 5_000;

export class AbTests {
  #send: Send;
  #definitions: Remembered<AbDefinition>;

  constructor(send: Send, options: Pick<StemmaOptions, "onError">) {
    this.#send = send;
    this.#definitions = new Remembered(
      async (key) => {
        const response = await send({ path: `/api/v1/ab-tests/${encodeURIComponent(key)}/definition` });
        return { value: (await response.json()) as AbDefinition, etag: null };
      },
      options.onError ?? (() => {}),
    );
  }

  /**
   * The unit's variant, asked of the server: sticky for good, its exposure stored before this resolves.
   *
   * @example
   * const assigned = await stemma.abTests.assign("tone", userId, {
   *   attributes: { country: "DE" },
   *   variables: { question },
   * });
   * span.setAttributes(assigned.spanAttributes);
   */
  async assign(
    key: string,
    unit: string,
    options: { attributes?: Attributes; variables?: JsonObject; placeholders?: PlaceholderValues } = {},
  ): Promise<Assignment> {
    const path = `/api/v1/ab-tests/${encodeURIComponent(key)}/assign`;
    const response = await this.#send({ method: "POST", path, body: { unit, ...options } });
    return { ...((await response.json()) as CompiledAssignment), unit };
  }

  /**
   * The variant that the unit hashes to, worked out here from the test's definition, which is asked for every 5 s in
   * the background: the same as the server's as long as weights, coverage and targeting do not change. Nothing is
   * stored: the unit counts from the first span that carries its attributes (`spanAttributes`).
   */
  async assignLocally(key: string, unit: string, attributes: Attributes = {}): Promise<LocalAssignment> {
    const definition = await this.#definitions.get(key, definitionTtlMs);
    const { variantKey, isInTest, reason } = assignVariant(definition, unit, attributes);
    const variant = definition.variants.find((each) => each.key === variantKey) ?? definition.variants[0]!;
    const { promptVersionId, modelVersionId, parameters } = variant;
    return {
      abTestKey: key,
      unit,
      variantKey: variant.key,
      isInTest,
      reason,
      promptVersionId,
      modelVersionId,
      parameters,
    };
  }
}
