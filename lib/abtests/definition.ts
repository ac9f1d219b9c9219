import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { Assignment, Design, Metrics, Policy } from "./schema.ts";

export type AbTestStatus = "draft" | "running" | "paused" | "stopped" | "concluded";

export type Variant = {
  id: string;
  key: string;
  name: string;
  promptVersionId: string;
  modelVersionId: string;
  parameters: SamplingParameters;
  weight: number;
};

/** A stretch of time over which weights did not change. */
export type Phase = {
  number: number;
  weights: Record<string, number>;
  coverage: number;
  startedAt: Date;
  endedAt: Date | null;
};

export type AbTest = {
  id: string;
  projectId: string;
  key: string;
  name: string;
  hypothesis: string;
  status: AbTestStatus;
  unitKind: "user" | "session" | "attribute";
  unitAttribute: string | null;
  seed: string;
  hashVersion: number;
  coverage: number;
  assignment: Assignment;
  metrics: Metrics;
  design: Design;
  policy: Policy;
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  stoppedAt: Date | null;
  /** In the order of their letters; the first is the control. */
  variants: Variant[];
  phases: Phase[];
};

/** What a client needs to assign units by itself, with the same result as the server's. */
export type AbDefinition = {
  abTestId: string;
  abTestKey: string;
  status: AbTestStatus;
  unitKind: AbTest["unitKind"];
  unitAttribute: string | null;
  seed: string;
  hashVersion: number;
  coverage: number;
  namespace: Assignment["namespace"];
  holdout: Assignment["holdout"];
  targeting: Assignment["targeting"];
  phase: number;
  variants: Omit<Variant, "id" | "name">[];
  /** Served to those who are not in the test: the control, or the winner of a concluded test. */
  defaultVariantKey: string;
};

export function controlOf(test: Pick<AbTest, "variants">): Variant {
  return test.variants[0]!;
}

export function definitionOf(test: AbTest): AbDefinition {
  return {
    abTestId: test.id,
    abTestKey: test.key,
    status: test.status,
    unitKind: test.unitKind,
    unitAttribute: test.unitAttribute,
    seed: test.seed,
    hashVersion: test.hashVersion,
    coverage: test.coverage,
    namespace: test.assignment.namespace,
    holdout: test.assignment.holdout,
    targeting: test.assignment.targeting,
    phase: test.phases.at(-1)?.number ?? 0,
    variants: test.variants.map(({ id, name, ...variant }) => variant),
    defaultVariantKey: test.policy.winnerVariantKey ?? controlOf(test).key,
  };
}
