import { z } from "zod";
import { samplingParameters } from "#lib/models/parameters.ts";
import { customMetric } from "./custom-metric.ts";
import { parseMetric } from "./metrics.ts";

export const variantKeys = ["A", "B", "C", "D", "E", "F"] as const;

const amount = z.object({
  /** relative: a fraction of the baseline (0.05 is 5 %). absolute: in the metric's own unit. */
  kind: z.enum(["relative", "absolute"]),
  value: z.number().positive("Must be above 0.").max(1e9),
});
export type Amount = z.infer<typeof amount>;

const metricId = z
  .string()
  .max(220)
  .refine((id) => parseMetric(id) !== null, {
    error: (issue) =>
      `Unknown metric "${String(issue.input)}". Known: error_rate, latency_ms, time_to_first_token_ms, cost_usd, input_tokens, output_tokens (these also with .per_unit; all but error_rate with .p50, .p90, .p95, .p99), retries, traces.per_unit, refusal_rate, format_validity, score:NAME, score:NAME>=X, and custom:NAME.`,
  });

const metricChoice = z.object({
  metric: metricId,
  /** Which way is better; only a score needs telling, and only when lower is better. */
  direction: z.enum(["higher", "lower"]).optional(),
  /** Smallest effect worth detecting; the catalogue's default unless given. */
  mde: amount.optional(),
});
export type MetricChoice = z.infer<typeof metricChoice>;

const guardrail = metricChoice.extend({
  /** How much worse it may get and still count as "not worse". */
  margin: amount,
});
export type Guardrail = z.infer<typeof guardrail>;

export const metricsSchema = z
  .object({
    success: z.array(metricChoice).min(1, "Choose at least one success metric.").max(10),
    guardrails: z.array(guardrail).max(20).default([]),
    exploratory: z.array(metricChoice).max(40).default([]),
    /** Definitions of the test's own metrics, chosen above as `custom:NAME`. Fixed at launch. */
    custom: z.array(customMetric).max(10, "At most 10 metrics of your own.").optional(),
  })
  .superRefine((metrics, context) => {
    const own = (metrics.custom ?? []).map((metric) => metric.name);
    for (const [index, name] of own.entries())
      if (own.indexOf(name) < index)
        context.addIssue({
          code: "custom",
          path: ["custom", index, "name"],
          message: `${name} is defined twice.`,
        });
    const seen = new Set<string>();
    for (const role of ["success", "guardrails", "exploratory"] as const) {
      for (const [index, choice] of metrics[role].entries()) {
        if (seen.has(choice.metric))
          context.addIssue({
            code: "custom",
            path: [role, index, "metric"],
            message: `${choice.metric} is chosen twice; a metric has one role.`,
          });
        seen.add(choice.metric);
        const [, name] = /^custom:(.*)$/.exec(choice.metric.replace(/\.per_unit$/, "")) ?? [];
        if (name !== undefined && !own.includes(name))
          context.addIssue({
            code: "custom",
            path: [role, index, "metric"],
            message: `${choice.metric} is not defined: add it to metrics.custom.`,
          });
      }
    }
  });
export type Metrics = z.infer<typeof metricsSchema>;

/** What a metric's numbers are judged against, fixed at launch (or at the first look with enough units). */
const frozenScale = z.object({
  baseline: z.number().nullable(),
  /** given: no baseline was needed. pre_period: the control's last 14 days. burn_in: all arms pooled, once each had the least number of units. */
  source: z.enum(["given", "pre_period", "burn_in"]),
  /** All in the metric's own unit. */
  mde: z.number().positive(),
  tau: z.number().positive(),
  margin: z.number().positive().nullable(),
  frozenAt: z.string(),
});
export type FrozenScale = z.infer<typeof frozenScale>;

export const presetNames = [
  "better_quality",
  "cheaper_not_worse",
  "faster_not_worse",
  "safe_replacement",
  "custom",
] as const;

/** Cut by unless told otherwise: where the model was called from, and by which release. */
export const defaultSegments = ["environment", "release"] as const;

export const designSchema = z.object({
  preset: z.enum(presetNames).default("custom"),
  alpha: z.number().gt(0, "Must be above 0.").lt(0.5, "Must be below 0.5.").default(0.05),
  minimumDays: z.number().min(0).max(365).default(7),
  maximumDays: z.number().positive().max(730).default(28),
  /** Per variant. The intervals are asymptotic: fewer than 100 would not be honest. */
  minimumUnits: z.int().min(100, "At least 100 units per variant: the intervals need them.").default(100),
  /**
   * What the report cuts the units by: attributes given at assignment, or `environment`, `release` and `service` of
   * a unit's first trace. Fixed at launch.
   */
  segments: z
    .array(z.string().trim().min(1, "Name an attribute.").max(100))
    .max(5, "At most 5 attributes to cut by.")
    .default([...defaultSegments]),
  /** pre_period: differences are adjusted by what each user did in the 14 days before (CUPED), where anything is known. */
  adjustment: z.enum(["none", "pre_period"]).default("pre_period"),
  /** By metric id. */
  frozen: z.record(z.string(), frozenScale).default({}),
});
export type Design = z.infer<typeof designSchema>;

const targetingRule = z.object({
  attribute: z.string().min(1).max(100),
  operator: z.enum(["in", "not_in"]),
  values: z.array(z.string().max(200)).min(1).max(500),
});

export const assignmentSchema = z.object({
  /** Tests that own disjoint ranges of one namespace never share a unit. */
  namespace: z
    .object({
      name: z.string().min(1).max(100),
      start: z.number().min(0).max(1),
      end: z.number().min(0).max(1),
    })
    .refine((range) => range.start < range.end, { path: ["end"], message: "Must be above start." })
    .nullable()
    .default(null),
  /** Units that take part in no test which names the same holdout: they get the control, to measure all tests by. */
  holdout: z
    .object({ name: z.string().trim().min(1).max(100), share: z.number().gt(0).lt(1, "Must be below 1.") })
    .nullable()
    .default(null),
  /** All must hold for a unit to take part. */
  targeting: z.array(targetingRule).max(20).default([]),
});
export type Assignment = z.infer<typeof assignmentSchema>;

export const promotionModes = ["manual", "approval", "automatic"] as const;

/** The stage that the winner's model version gets; null leaves it. */
const promotedStage = z.enum(["Staging", "Production"]).nullable();

const promotionRule = z.object({
  /**
   * manual: whoever may, promotes what the verdict recommends. approval: a second person approves every promotion.
   * automatic: what is ship-ready is promoted after `afterHours` unless somebody declines.
   */
  mode: z.enum(promotionModes).default("manual"),
  label: z
    .string()
    .trim()
    .min(1, "Name the label to move, for example production.")
    .max(100)
    .default("production"),
  stage: promotedStage.default("Production"),
  afterHours: z.number().min(0).max(720).default(24),
});

const policyFields = z.object({
  promotion: promotionRule.prefault({}),
  /** What happens by itself when a variant is shown to be worse. stop: everybody gets the control, for good. */
  onHarm: z.enum(["tell", "pause", "stop"]).default("tell"),
});

export const policySchema = policyFields.extend({
  /** Served to everyone once the test is concluded. */
  winnerVariantKey: z.string().nullable().default(null),
});
export type Policy = z.infer<typeof policySchema>;

export const phaseWeightsSchema = z.record(z.string(), z.number());

const variantInput = z.object({
  key: z.enum(variantKeys).optional(),
  name: z.string().trim().max(120).default(""),
  promptVersionId: z.uuid("Choose a prompt version."),
  modelVersionId: z.uuid("Choose a model version."),
  /** Over the prompt's own and the model's defaults. */
  parameters: samplingParameters.default({}),
  weight: z.number().gt(0, "Must be above 0.").max(1, "Must not be above 1.").optional(),
});

const keyPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

const abTestFields = z.object({
  name: z.string().trim().min(1, "Give the test a name.").max(120),
  hypothesis: z.string().trim().max(2000).default(""),
  unitKind: z.enum(["user", "session", "attribute"]).default("user"),
  unitAttribute: z.string().trim().min(1).max(100).nullable().default(null),
  coverage: z.number().gt(0, "Must be above 0.").max(1, "Must not be above 1.").default(1),
  /** 2: as GrowthBook's SDKs hash. 3: murmur3 over UTF-8. */
  hashVersion: z.union([z.literal(2), z.literal(3)]).default(3),
  assignment: assignmentSchema.prefault({}),
  variants: z
    .array(variantInput)
    .min(2, "An A/B test needs at least two variants.")
    .max(variantKeys.length, `At most ${variantKeys.length} variants.`),
  metrics: metricsSchema,
  design: designSchema.omit({ frozen: true }).prefault({}),
  policy: policyFields.prefault({}),
});

export const createAbTestInput = abTestFields
  .extend({
    key: z
      .string()
      .regex(keyPattern, "Lower-case letters, digits, dot, dash and underscore; 1 to 64 characters.")
      // The address of the page that makes one.
      .refine((key) => key !== "new", "This key is reserved."),
    /** Of the assignment hash; made from the key unless given (to go on from another tool's assignments). */
    seed: z.string().min(1).max(100).optional(),
  })
  .superRefine(checkSplit);
export type CreateAbTestInput = z.input<typeof createAbTestInput>;

/** The whole draft again; its key stays. */
export const updateDraftInput = abTestFields.superRefine(checkSplit);
export type UpdateDraftInput = z.input<typeof updateDraftInput>;

export type VariantFields = {
  key: string;
  name: string;
  promptVersionId: string;
  modelVersionId: string;
  parameters: z.infer<typeof samplingParameters>;
  weight: number;
};

/** Letters and equal weights where the input left them out. The input has been checked by the schema. */
export function completeVariants(variants: z.infer<typeof abTestFields>["variants"]): VariantFields[] {
  return variants.map((variant, index) => ({
    ...variant,
    key: variant.key ?? variantKeys[index]!,
    weight: variant.weight ?? 1 / variants.length,
  }));
}

function checkSplit(
  input: Pick<z.infer<typeof abTestFields>, "variants" | "unitKind" | "unitAttribute">,
  context: z.RefinementCtx,
) {
  const weights = input.variants.map((variant) => variant.weight);
  if (weights.some((weight) => weight !== undefined)) {
    const total = weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
    if (weights.includes(undefined))
      context.addIssue({
        code: "custom",
        path: ["variants", weights.indexOf(undefined), "weight"],
        message: "Give every variant a weight, or none for an equal split.",
      });
    else if (Math.abs(total - 1) > 1e-6)
      context.addIssue({
        code: "custom",
        path: ["variants"],
        message: `The weights (variants.*.weight) add up to ${Number(total.toFixed(6))}; they must add up to 1.`,
      });
  }
  const keys = input.variants.map((variant, index) => variant.key ?? variantKeys[index]);
  for (const [index, key] of keys.entries())
    if (key !== variantKeys[index])
      context.addIssue({
        code: "custom",
        path: ["variants", index, "key"],
        message: `Variants are lettered in order: this one is ${variantKeys[index]}.`,
      });
  if (input.unitKind === "attribute" && !input.unitAttribute)
    context.addIssue({
      code: "custom",
      path: ["unitAttribute"],
      message: "Name the attribute that is the unit.",
    });
}

const unit = z
  .string()
  .min(1, "The unit must not be empty: send the user's or session's id.")
  .refine((text) => new TextEncoder().encode(text).length <= 512, "The unit may be at most 512 bytes long.");

const attributes = z.record(
  z.string().max(100),
  z.union([z.string().max(500), z.number(), z.boolean(), z.null()]),
);

export const assignInput = z.object({ unit, attributes: attributes.default({}) });
export type Attributes = z.infer<typeof attributes>;

export const promoteInput = z.object({
  variantKey: z.enum(variantKeys),
  label: z.string().trim().min(1, "Name the label to move, for example production.").max(100),
  reason: z.string().trim().min(1, "Say why.").max(2000),
  stage: promotedStage.default("Production"),
  /** Needed, and kept with the promotion, when the verdict does not recommend this variant. */
  againstVerdictReason: z.string().trim().max(2000).optional(),
});
export type PromoteInput = z.input<typeof promoteInput>;

/** What somebody says of a promotion that waits. */
export const decidePromotionInput = z.object({
  promotionId: z.uuid(),
  note: z.string().trim().max(2000).default(""),
});
export type DecidePromotionInput = z.input<typeof decidePromotionInput>;

const changeReason = z.string().trim().min(1, "Say why: the reason stays in the decision log.").max(2000);

export const changeTrafficInput = z.object({
  /** Of every variant; a change begins a new phase. */
  weights: z
    .record(z.string(), z.number().gt(0, "Must be above 0.").max(1, "Must not be above 1."))
    .optional(),
  /** Only upwards: a unit that is in stays in. */
  coverage: abTestFields.shape.coverage.unwrap().optional(),
  reason: changeReason,
});
export type ChangeTrafficInput = z.input<typeof changeTrafficInput>;

export const amendInput = z.object({
  name: abTestFields.shape.name.optional(),
  hypothesis: abTestFields.shape.hypothesis.unwrap().optional(),
  maximumDays: designSchema.shape.maximumDays.unwrap().optional(),
  policy: policyFields.optional(),
  /** Added to those there are; what decides cannot be changed any more. */
  exploratory: z.array(metricChoice).max(40).optional(),
  reason: changeReason,
});
export type AmendInput = z.input<typeof amendInput>;
