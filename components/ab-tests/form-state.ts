import { type MetricId, parseMetric } from "#lib/abtests/metrics.ts";
import { type PresetName, presetMetrics } from "#lib/abtests/presets.ts";
import {
  type Amount,
  type Assignment,
  type CreateAbTestInput,
  defaultSegments,
  type Metrics,
  type Policy,
} from "#lib/abtests/schema.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { PolicyState } from "./policy-fields.tsx";

/** The form as it is typed: numbers are text until it is sent. */
export type FormState = {
  key: string;
  name: string;
  hypothesis: string;
  unitKind: "user" | "session" | "attribute";
  unitAttribute: string;
  coverage: string;
  variants: VariantState[];
  preset: PresetName;
  metrics: MetricState[];
  alpha: string;
  minimumDays: string;
  maximumDays: string;
  policy: PolicyState;
  /** With commas. */
  segments: string;
  hashVersion: "2" | "3";
  /** Empty: none. */
  namespace: { name: string; start: string; end: string };
  holdout: { name: string; share: string };
  targeting: TargetingState[];
};

export type TargetingState = { attribute: string; operator: "in" | "not_in"; values: string };

export type VariantState = {
  promptVersionId: string;
  modelVersionId: string;
  /** Percent. */
  weight: string;
  temperature: string;
  topP: string;
  maxTokens: string;
  seed: string;
  stop: string;
};

export type MetricState = {
  metric: MetricId;
  role: "success" | "guardrail" | "exploratory";
  direction: "higher" | "lower";
  mde: AmountState;
  margin: AmountState;
};

/** A relative amount is typed in percent; a share's absolute one in percentage points. Empty is the default. */
export type AmountState = { kind: Amount["kind"]; value: string };

export const emptyVariant: VariantState = {
  promptVersionId: "",
  modelVersionId: "",
  weight: "",
  temperature: "",
  topP: "",
  maxTokens: "",
  seed: "",
  stop: "",
};

/** Where there is only one model version, it needs no choosing. */
export function emptyForm(score: string, modelVersionId = ""): FormState {
  return {
    key: "",
    name: "",
    hypothesis: "",
    unitKind: "user",
    unitAttribute: "",
    coverage: "100",
    variants: [
      { ...emptyVariant, modelVersionId, weight: "50" },
      { ...emptyVariant, modelVersionId, weight: "50" },
    ],
    preset: "better_quality",
    metrics: metricStates(presetMetrics("better_quality", score)),
    alpha: "5",
    minimumDays: "7",
    maximumDays: "28",
    policy: {
      mode: "manual",
      label: "production",
      stage: "Production",
      afterHours: "24",
      onHarm: "tell",
    },
    segments: defaultSegments.join(", "),
    hashVersion: "3",
    namespace: { name: "", start: "0", end: "100" },
    holdout: { name: "", share: "5" },
    targeting: [],
  };
}

/** A saved draft, to be edited. */
export function formOf(
  test: CreateAbTestInput & {
    metrics: Metrics;
    assignment: Assignment;
    policy: Omit<Policy, "winnerVariantKey">;
  },
): FormState {
  const { namespace, holdout, targeting } = test.assignment;
  const percent = (share: number | undefined) => (share === undefined ? "" : text(100 * share));
  return {
    key: test.key,
    name: test.name,
    hypothesis: test.hypothesis ?? "",
    unitKind: test.unitKind ?? "user",
    unitAttribute: test.unitAttribute ?? "",
    coverage: percent(test.coverage ?? 1),
    variants: test.variants.map(({ promptVersionId, modelVersionId, weight, parameters }) => ({
      promptVersionId,
      modelVersionId,
      weight: percent(weight),
      temperature: text(parameters?.temperature),
      topP: text(parameters?.topP),
      maxTokens: text(parameters?.maxTokens),
      seed: text(parameters?.seed),
      stop: (parameters?.stop ?? []).join(", "),
    })),
    preset: test.design?.preset ?? "custom",
    metrics: metricStates(test.metrics),
    alpha: percent(test.design?.alpha ?? 0.05),
    minimumDays: text(test.design?.minimumDays ?? 7),
    maximumDays: text(test.design?.maximumDays ?? 28),
    policy: policyStateOf(test.policy),
    segments: (test.design?.segments ?? defaultSegments).join(", "),
    hashVersion: test.hashVersion === 2 ? "2" : "3",
    namespace: namespace
      ? { name: namespace.name, start: percent(namespace.start), end: percent(namespace.end) }
      : { name: "", start: "0", end: "100" },
    holdout: holdout ? { name: holdout.name, share: percent(holdout.share) } : { name: "", share: "5" },
    targeting: targeting.map((rule) => ({ ...rule, values: rule.values.join(", ") })),
  };
}

export function policyStateOf({ promotion, onHarm }: PolicyInput): PolicyState {
  return {
    mode: promotion?.mode ?? "manual",
    label: promotion?.label ?? "production",
    stage: promotion?.stage === null ? "leave" : (promotion?.stage ?? "Production"),
    afterHours: text(promotion?.afterHours ?? 24),
    onHarm: onHarm ?? "tell",
  };
}

type PolicyInput = NonNullable<CreateAbTestInput["policy"]>;

export function policyInput({ mode, label, stage, afterHours, onHarm }: PolicyState): PolicyInput {
  return {
    promotion: {
      mode,
      label,
      stage: stage === "leave" ? null : stage,
      afterHours: mode === "automatic" ? amount(afterHours) : Number(afterHours) || 0,
    },
    onHarm,
  };
}

export function metricStates(metrics: Metrics): MetricState[] {
  const stateOf =
    (role: MetricState["role"]) =>
    (choice: Metrics["guardrails"][number] | Metrics["success"][number]): MetricState => {
      const metric = parseMetric(choice.metric, choice.direction);
      const amount = (given: Amount | undefined): AmountState =>
        given
          ? { kind: given.kind, value: text(given.value * factor(choice.metric, given.kind)) }
          : { kind: "relative", value: "" };
      return {
        metric: choice.metric,
        role,
        direction: metric?.isHigherBetter ? "higher" : "lower",
        mde: amount(choice.mde),
        margin: amount("margin" in choice ? choice.margin : undefined),
      };
    };
  return [
    ...metrics.success.map(stateOf("success")),
    ...metrics.guardrails.map(stateOf("guardrail")),
    ...metrics.exploratory.map(stateOf("exploratory")),
  ];
}

/** Equal weights that add up to exactly 100. */
export function equalWeights(count: number): string[] {
  const share = Math.floor(10_000 / count) / 100;
  return Array.from({ length: count }, (_, i) =>
    text(i === count - 1 ? Number((100 - share * (count - 1)).toFixed(2)) : share),
  );
}

/** The request that saves the form. */
export function toCreateInput(form: FormState): CreateAbTestInput {
  return {
    key: form.key.trim(),
    name: form.name,
    hypothesis: form.hypothesis,
    unitKind: form.unitKind,
    unitAttribute: form.unitKind === "attribute" ? form.unitAttribute : null,
    coverage: amount(form.coverage) / 100,
    variants: form.variants.map((variant) => ({
      promptVersionId: variant.promptVersionId,
      modelVersionId: variant.modelVersionId,
      parameters: parametersOf(variant),
      weight: amount(variant.weight) / 100,
    })),
    metrics: toMetrics(form.metrics),
    design: {
      preset: form.preset,
      alpha: amount(form.alpha) / 100,
      minimumDays: amount(form.minimumDays),
      maximumDays: amount(form.maximumDays),
      segments: form.segments
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== ""),
    },
    policy: policyInput(form.policy),
    hashVersion: form.hashVersion === "2" ? 2 : 3,
    assignment: toAssignment(form),
  };
}

function toAssignment({
  namespace,
  holdout,
  targeting,
}: FormState): NonNullable<CreateAbTestInput["assignment"]> {
  return {
    namespace:
      namespace.name.trim() === ""
        ? null
        : {
            name: namespace.name.trim(),
            start: amount(namespace.start) / 100,
            end: amount(namespace.end) / 100,
          },
    holdout:
      holdout.name.trim() === "" ? null : { name: holdout.name.trim(), share: amount(holdout.share) / 100 },
    targeting: targeting.map(({ attribute, operator, values }) => ({
      attribute: attribute.trim(),
      operator,
      values: values
        .split(",")
        .map((value) => value.trim())
        .filter((value) => value !== ""),
    })),
  };
}

export function toMetrics(states: readonly MetricState[]): Metrics {
  const choice = ({ metric, direction, mde }: MetricState) => ({
    metric,
    ...(metric.startsWith("score:") && { direction }),
    ...(mde.value.trim() !== "" && { mde: toAmount(metric, mde) }),
  });
  const withRole = (role: MetricState["role"]) => states.filter((state) => state.role === role);
  return {
    success: withRole("success").map(choice),
    guardrails: withRole("guardrail").map((state) => ({
      ...choice(state),
      margin: toAmount(state.metric, state.margin),
    })),
    exploratory: withRole("exploratory").map(choice),
  };
}

/** The field of the request that a metric of the form is in: `guardrails.1`. */
export function metricPath(states: readonly MetricState[], index: number): string {
  const { role } = states[index]!;
  const position = states.slice(0, index).filter((state) => state.role === role).length;
  return `metrics.${role === "guardrail" ? "guardrails" : role}.${position}`;
}

function toAmount(metric: MetricId, { kind, value }: AmountState): Amount {
  return { kind, value: amount(value) / factor(metric, kind) };
}

function factor(metric: MetricId, kind: Amount["kind"]): number {
  return kind === "relative" || parseMetric(metric)?.unit === "share" ? 100 : 1;
}

function parametersOf(variant: VariantState): SamplingParameters {
  const numbers = {
    temperature: variant.temperature,
    topP: variant.topP,
    maxTokens: variant.maxTokens,
    seed: variant.seed,
  };
  const given = Object.entries(numbers).filter(([, value]) => value.trim() !== "");
  const stop = variant.stop
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  return {
    ...Object.fromEntries(given.map(([name, value]) => [name, amount(value)])),
    ...(stop.length > 0 && { stop }),
  };
}

/** NaN for what is no number: the server's schema then names the field. */
function amount(typed: string): number {
  return typed.trim() === "" ? Number.NaN : Number(typed.replace(",", "."));
}

function text(value: number | undefined): string {
  return value === undefined ? "" : String(Number(value.toPrecision(12)));
}
