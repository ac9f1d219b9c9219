import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import { samplingParameters } from "#lib/models/parameters.ts";
import { chatMessage, placeholderValues, variableValues } from "#lib/prompts/schema.ts";
import type { AbTest } from "./definition.ts";
import type { Report } from "./get-report.ts";
import type { AbPromotion } from "./promotion.ts";
import {
  assignInput,
  assignmentSchema,
  designSchema,
  metricsSchema,
  phaseWeightsSchema,
  policySchema,
} from "./schema.ts";

const number = z.number().nullable();
const status = z.enum(["draft", "running", "paused", "stopped", "concluded"]);

const variant = z.object({
  key: z.string(),
  promptVersionId: z.uuid(),
  modelVersionId: z.uuid(),
  parameters: samplingParameters,
  weight: z.number(),
});

export const abTestJson = z.object({
  id: z.uuid(),
  key: z.string(),
  name: z.string(),
  hypothesis: z.string(),
  status,
  unitKind: z.enum(["user", "session", "attribute"]),
  unitAttribute: z.string().nullable(),
  seed: z.string(),
  hashVersion: z.number(),
  coverage: z.number(),
  assignment: assignmentSchema,
  metrics: metricsSchema,
  design: designSchema,
  policy: policySchema.omit({ winnerVariantKey: true }),
  winnerVariantKey: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  stoppedAt: z.iso.datetime().nullable(),
  variants: z.array(variant.extend({ name: z.string() })),
  phases: z.array(
    z.object({
      number: z.number(),
      weights: phaseWeightsSchema,
      coverage: z.number(),
      startedAt: z.iso.datetime(),
      endedAt: z.iso.datetime().nullable(),
    }),
  ),
});
export type AbTestJson = z.infer<typeof abTestJson>;

export function toAbTestJson({ projectId, ...test }: AbTest): AbTestJson {
  const { winnerVariantKey, ...policy } = test.policy;
  return {
    ...test,
    policy,
    winnerVariantKey,
    createdAt: test.createdAt.toISOString(),
    startedAt: test.startedAt?.toISOString() ?? null,
    stoppedAt: test.stoppedAt?.toISOString() ?? null,
    variants: test.variants.map(({ id, ...rest }) => rest),
    phases: test.phases.map((phase) => ({
      ...phase,
      startedAt: phase.startedAt.toISOString(),
      endedAt: phase.endedAt?.toISOString() ?? null,
    })),
  };
}

export const abDefinitionJson = z.object({
  abTestId: z.uuid(),
  abTestKey: z.string(),
  status,
  unitKind: z.enum(["user", "session", "attribute"]),
  unitAttribute: z.string().nullable(),
  seed: z.string(),
  hashVersion: z.number(),
  coverage: z.number(),
  namespace: assignmentSchema.shape.namespace,
  holdout: assignmentSchema.shape.holdout,
  targeting: assignmentSchema.shape.targeting,
  phase: z.number(),
  variants: z.array(variant),
  defaultVariantKey: z.string(),
});

export const promotionJson = z.object({
  id: z.uuid(),
  status: z.enum(["requested", "scheduled", "promoted", "declined", "withdrawn", "canceled", "rolled_back"]),
  variantKey: z.string(),
  label: z.string(),
  stage: z.enum(["Staging", "Production"]).nullable(),
  reason: z.string(),
  againstVerdictReason: z.string().nullable(),
  requestedBy: z.object({ type: z.string(), id: z.string(), name: z.string() }),
  requestedAt: z.iso.datetime(),
  /** Of a scheduled one: it is carried out then unless somebody declines. */
  dueAt: z.iso.datetime().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  decisionNote: z.string(),
});
export type PromotionJson = z.infer<typeof promotionJson>;

export function toPromotionJson({ replaced: _, ...promotion }: AbPromotion): PromotionJson {
  return {
    ...promotion,
    requestedAt: promotion.requestedAt.toISOString(),
    dueAt: promotion.dueAt?.toISOString() ?? null,
    decidedAt: promotion.decidedAt?.toISOString() ?? null,
  };
}

export const decisionJson = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  kind: z.string(),
  actorName: z.string(),
  note: z.string(),
  evidence: z.unknown() as unknown as z.ZodType<Json | null>,
});

export const promotedJson = z.object({
  abTest: abTestJson,
  promotionId: z.uuid(),
  promptName: z.string(),
  label: z.string(),
  fromVersion: z.number().nullable(),
  toVersion: z.number(),
  stage: z.object({ model: z.string(), from: z.string(), to: z.string() }).nullable(),
  deployments: z.array(z.string()),
  isAgainstVerdict: z.boolean(),
});

export const rolledBackJson = z.object({
  abTest: abTestJson,
  /** What was put back, and what somebody has moved since and was left. */
  restored: z.array(z.string()),
  left: z.array(z.string()),
});

export const findingJson = z.object({
  level: z.enum(["error", "warning", "note"]),
  field: z.string(),
  message: z.string(),
});

export const assignBody = assignInput.extend({
  /** Given, the variant's prompt comes back compiled with them. */
  variables: variableValues.optional(),
  placeholders: placeholderValues.optional(),
});

export const assignedJson = z.object({
  abTestId: z.uuid(),
  abTestKey: z.string(),
  variantKey: z.string(),
  phase: z.number(),
  isInTest: z.boolean(),
  prompt: z.object({ versionId: z.uuid(), name: z.string(), version: z.number() }),
  model: z.object({
    versionId: z.uuid(),
    name: z.string(),
    version: z.number(),
    providerModel: z.string(),
    provider: z.string(),
  }),
  parameters: samplingParameters,
  messages: z.array(chatMessage).nullable(),
  text: z.string().nullable(),
  problems: z.array(z.looseObject({ message: z.string() })),
  spanAttributes: variableValues,
});

export const verdictStates = [
  "not_started",
  "collecting",
  "invalid",
  "harm",
  "ship_ready",
  "no_meaningful_difference",
  "keep_running",
  "inconclusive",
] as const;

const armValue = z.object({
  variantKey: z.string(),
  units: z.number(),
  observations: z.number(),
  value: number,
  standardError: number,
  lower: number,
  upper: number,
  reason: z.string().nullable(),
});

const interval = z.object({ lower: z.number(), upper: z.number() });
const level = z.enum(["ok", "warn", "block"]);

const comparison = z.object({
  variantKey: z.string(),
  state: z.enum(["better", "worse", "non_inferior", "equivalent", "unresolved", "not_estimable"]),
  reason: z.string().nullable(),
  estimate: z
    .object({
      method: z.enum(["anytime", "small_counts"]),
      difference: z.number(),
      standardError: number,
      lower: z.number(),
      upper: z.number(),
      alpha: z.number(),
      multiplier: number,
      informationRatio: number,
      logEValue: number,
      p: number,
      relative: interval.extend({ estimate: z.number() }).nullable(),
      fixedHorizon: interval.extend({ p: z.number() }).nullable(),
      bayesian: z
        .object({
          mean: z.number(),
          lower: z.number(),
          upper: z.number(),
          chanceToWin: z.number(),
          lossOfTreatment: z.number(),
          lossOfControl: z.number(),
        })
        .nullable(),
      worstCase: number,
      isHarm: z.boolean(),
    })
    .nullable(),
});

const unit = z.enum(["share", "ms", "usd", "tokens", "points"]);

export const reportJson = z.object({
  test: abTestJson,
  generatedAt: z.iso.datetime(),
  verdict: z.object({
    state: z.enum(verdictStates),
    sentence: z.string(),
    advice: z.string(),
    missing: z.array(z.string()),
    recommendation: z.object({
      action: z.enum(["wait", "fix", "pause", "promote", "keep_control"]),
      variantKey: z.string().nullable(),
    }),
  }),
  firstReached: z.object({ state: z.enum(verdictStates), at: z.iso.datetime() }).nullable(),
  health: z.object({
    level,
    problems: z.array(z.string()),
    split: z.array(z.object({ variantKey: z.string(), units: z.number(), expected: z.number() })),
    splitLogBayesFactor: number,
    splitLevel: level,
    multiplyExposedUnits: z.number(),
    multiplyExposedShare: z.number(),
    multiplyExposedLevel: level,
    scoreCoverage: z.array(
      z.object({
        name: z.string(),
        scoredUnits: z.array(z.object({ variantKey: z.string(), units: z.number(), share: z.number() })),
        logBayesFactor: number,
        level,
      }),
    ),
    strayTraces: z.number(),
    strays: z.array(
      z.object({
        reason: z.enum(["no_unit", "unknown_variant", "clock_ahead", "outside"]),
        traces: z.number(),
      }),
    ),
    lastTraceAt: z.iso.datetime().nullable(),
  }),
  progress: z.object({
    days: z.number(),
    minimumDays: z.number(),
    maximumDays: z.number(),
    minimumUnits: z.number(),
    unitsPerDay: z.number(),
    newUnits: z.array(z.object({ day: z.string(), units: z.record(z.string(), z.number()) })),
    informationShare: number,
    standardError: number,
    targetStandardError: number,
    unitsToGo: number,
    expectedAt: z.iso.datetime().nullable(),
    forecast: z.array(
      z.object({
        effect: z.enum(["mde", "current", "none"]),
        size: z.number(),
        likelyUnits: number,
        latestUnits: number,
        likelyAt: z.iso.datetime().nullable(),
        latestAt: z.iso.datetime().nullable(),
      }),
    ),
  }),
  variants: z.array(
    z.object({
      variantKey: z.string(),
      units: z.number(),
      traces: z.number(),
      metrics: z.array(armValue.extend({ id: z.string(), label: z.string(), unit })),
    }),
  ),
  metrics: z.array(
    z.object({
      id: z.string(),
      role: z.enum(["success", "guardrail", "exploratory"]),
      label: z.string(),
      unit,
      statistic: z.enum(["mean", "per_unit", "unit_share", "p50", "p90", "p95", "p99"]),
      isHigherBetter: z.boolean(),
      isMonitoringOnly: z.boolean(),
      scale: designSchema.shape.frozen.def.innerType.valueType.nullable(),
      arms: z.array(armValue),
      comparisons: z.array(comparison),
      adjustment: z
        .object({ isDropped: z.boolean(), logEValue: number, theta: number, varianceReduction: number })
        .nullable(),
      winsorized: z
        .object({
          limit: z.number(),
          whole: z.array(interval.extend({ variantKey: z.string(), difference: z.number() })),
        })
        .nullable(),
    }),
  ),
  sums: z.array(
    z.object({
      variantKey: z.string(),
      phase: z.number(),
      units: z.number(),
      traces: z.number(),
      measures: z.record(
        z.string(),
        z.object({
          k: z.number(),
          n: z.number(),
          s: z.number(),
          nn: z.number(),
          ss: z.number(),
          ns: z.number(),
          positiveUnits: z.number(),
        }),
      ),
    }),
  ),
  distributions: z.array(
    z.object({
      measure: z.string(),
      label: z.string(),
      unit,
      arms: z.array(
        z.object({
          variantKey: z.string(),
          observations: z.number(),
          cumulative: z.array(z.object({ value: z.number(), share: z.number() })),
        }),
      ),
      differences: z.array(
        z.object({
          variantKey: z.string(),
          alpha: z.number(),
          points: z.array(
            z.object({ level: z.number(), difference: z.number(), lower: number, upper: number }),
          ),
        }),
      ),
    }),
  ),
  segments: z.array(
    z.object({
      dimension: z.string(),
      levels: z.array(
        z.object({
          level: z.string(),
          isOther: z.boolean(),
          units: z.record(z.string(), z.number()),
          splitLogBayesFactor: number,
          splitLevel: level,
        }),
      ),
      metrics: z.array(
        z.object({
          id: z.string(),
          label: z.string(),
          unit,
          isHigherBetter: z.boolean(),
          effects: z.array(
            z.object({
              variantKey: z.string(),
              level: z.string(),
              difference: number,
              lower: number,
              upper: number,
              logEValue: number,
              isDiscovery: z.boolean(),
              reason: z.string().nullable(),
            }),
          ),
          interactions: z.array(
            z.object({
              variantKey: z.string(),
              statistic: z.number(),
              degreesOfFreedom: z.number(),
              p: z.number(),
            }),
          ),
        }),
      ),
    }),
  ),
  judges: z.array(
    z.object({
      score: z.string(),
      arms: z.array(
        z.object({
          variantKey: z.string(),
          judged: z.number(),
          judgeMean: number,
          labelled: z.number(),
          personMean: number,
          meanGap: number,
          meanAbsoluteGap: number,
          corrected: z.object({ value: z.number(), standardError: z.number() }).nullable(),
          reason: z.string().nullable(),
        }),
      ),
      comparisons: z.array(
        z.object({
          variantKey: z.string(),
          judge: interval.extend({ difference: z.number() }).nullable(),
          corrected: interval.extend({ difference: z.number(), logEValue: z.number() }).nullable(),
          reason: z.string().nullable(),
        }),
      ),
    }),
  ),
  categories: z.array(
    z.object({
      score: z.string(),
      levels: z.array(z.string()),
      arms: z.array(
        z.object({
          variantKey: z.string(),
          observations: z.number(),
          shares: z.record(z.string(), z.number()),
        }),
      ),
      comparisons: z.array(
        z.object({
          variantKey: z.string(),
          logEValue: number,
          p: number,
          levels: z.array(
            z.object({
              level: z.string(),
              difference: number,
              lower: number,
              upper: number,
              isDifferent: z.boolean(),
            }),
          ),
        }),
      ),
    }),
  ),
  cohorts: z.array(
    z.object({
      id: z.string(),
      variantKey: z.string(),
      points: z.array(
        z.object({
          day: z.string(),
          units: z.number(),
          difference: number,
          lower: number,
          upper: number,
        }),
      ),
    }),
  ),
  history: z.object({
    metrics: z.array(
      z.object({
        id: z.string(),
        variantKey: z.string(),
        points: z.array(
          z.object({
            at: z.iso.datetime(),
            units: z.number(),
            difference: z.number(),
            lower: z.number(),
            upper: z.number(),
            standardError: number,
            logEValue: number,
            state: comparison.shape.state,
          }),
        ),
      }),
    ),
    split: z.array(
      z.object({
        at: z.iso.datetime(),
        logBayesFactor: number,
        level,
        units: z.record(z.string(), z.number()),
      }),
    ),
  }),
  pending: z.number(),
});
export type ReportJson = z.infer<typeof reportJson>;

/** The one object that the page renders and the API answers with: plain JSON, times as ISO text, no infinities. */
export function toReportJson(report: Report): ReportJson {
  return {
    ...report,
    test: toAbTestJson(report.test),
    generatedAt: report.generatedAt.toISOString(),
    firstReached: report.firstReached && {
      state: report.firstReached.state,
      at: report.firstReached.at.toISOString(),
    },
    health: {
      ...report.health,
      splitLogBayesFactor: finite(report.health.splitLogBayesFactor),
      scoreCoverage: report.health.scoreCoverage.map((score) => ({
        ...score,
        logBayesFactor: finite(score.logBayesFactor),
      })),
      lastTraceAt: report.health.lastTraceAt?.toISOString() ?? null,
    },
    progress: {
      ...report.progress,
      expectedAt: iso(report.progress.expectedAt),
      forecast: report.progress.forecast.map((row) => ({
        ...row,
        likelyAt: iso(row.likelyAt),
        latestAt: iso(row.latestAt),
      })),
    },
    segments: report.segments.map((segment) => ({
      ...segment,
      levels: segment.levels.map((each) => ({
        ...each,
        splitLogBayesFactor: finite(each.splitLogBayesFactor),
      })),
    })),
    history: {
      metrics: report.history.metrics.map((line) => ({
        ...line,
        points: line.points.map((point) => ({ ...point, at: point.at.toISOString() })),
      })),
      split: report.history.split.map((point) => ({
        ...point,
        at: point.at.toISOString(),
        logBayesFactor: finite(point.logBayesFactor),
      })),
    },
  };
}

function iso(value: Date | null): string | null {
  return value?.toISOString() ?? null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
