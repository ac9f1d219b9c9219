"use client";

import { Plus, X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { type MetricId, parseMetric } from "#lib/abtests/metrics.ts";
import { CustomMetricDialog } from "./custom-metric-dialog.tsx";
import { type AmountState, type MetricState, metricPath } from "./form-state.ts";

type MetricFieldsProps = {
  metrics: readonly MetricState[];
  scoreNames: readonly string[];
  onChange: (metrics: MetricState[]) => void;
  issueOf: (path: string) => string | null;
};

const roles = [
  {
    role: "success",
    title: "Success",
    why: "At least one must get better for a variant to ship.",
  },
  {
    role: "guardrail",
    title: "Guardrails",
    why: "Each must be shown to get worse by no more than its margin.",
  },
  { role: "exploratory", title: "Exploratory", why: "Shown, never decisive." },
] as const;

/** The metrics by role, with the effect worth detecting and the guardrails' margins. */
export function MetricFields({ metrics, scoreNames, onChange, issueOf }: MetricFieldsProps) {
  const change = (index: number, fields: Partial<MetricState>) =>
    onChange(metrics.map((metric, i) => (i === index ? { ...metric, ...fields } : metric)));
  const chosen = new Set(metrics.map((metric) => metric.metric));
  const catalogue = [...scoreNames.map((name) => `score:${name}`), ...baseMetrics];
  const free = catalogue.filter((id) => !chosen.has(id));

  return (
    <div className="flex flex-col gap-6">
      {roles.map(({ role, title, why }) => (
        <fieldset key={role} className="min-w-0">
          <legend className="text-sm font-medium">{title}</legend>
          <p className="mb-2 text-xs text-muted">{why}</p>
          <ul className="flex flex-col gap-3">
            {metrics.map((metric, index) =>
              metric.role === role ? (
                <li
                  // biome-ignore lint/suspicious/noArrayIndexKey: rows are edited in place
                  key={index}
                  className="grid grid-cols-[1fr_auto] items-start gap-x-3 gap-y-2 border-t border-border pt-2 sm:grid-cols-[minmax(10rem,2fr)_6.5rem_minmax(13rem,1.5fr)_minmax(13rem,1.5fr)_auto]"
                >
                  <MetricName
                    metric={metric}
                    options={[metric.metric, ...free]}
                    error={issueOf(`${metricPath(metrics, index)}.metric`)}
                    onChange={(id) => change(index, { metric: id, direction: directionOf(id) })}
                  />
                  <Button
                    variant="quiet"
                    size="icon"
                    className="sm:order-last sm:col-start-5 sm:mt-6"
                    aria-label={`Remove ${labelOf(metric.metric)}`}
                    onClick={() => onChange(metrics.filter((_, i) => i !== index))}
                  >
                    <X aria-hidden="true" />
                  </Button>
                  <Field label="Better is" className="max-sm:col-span-2">
                    <Select
                      options={directions}
                      value={metric.direction}
                      isDisabled={!metric.metric.startsWith("score:")}
                      onValueChange={(direction) => change(index, { direction })}
                    />
                  </Field>
                  <AmountField
                    label="Worth detecting"
                    id={metric.metric}
                    amount={metric.mde}
                    placeholder={role === "guardrail" ? "as the margin" : defaultMde(metric.metric)}
                    error={issueOf(`${metricPath(metrics, index)}.mde.value`)}
                    onChange={(mde) => change(index, { mde })}
                  />
                  {role === "guardrail" && (
                    <AmountField
                      label="Margin"
                      id={metric.metric}
                      amount={metric.margin}
                      error={issueOf(`${metricPath(metrics, index)}.margin.value`)}
                      onChange={(margin) => change(index, { margin })}
                    />
                  )}
                </li>
              ) : null,
            )}
          </ul>
          {issueOf(`metrics.${role}`) && (
            <p role="alert" className="mt-1 text-xs text-harm">
              {issueOf(`metrics.${role}`)}
            </p>
          )}
          <div className="mt-2 flex flex-wrap items-center gap-2">
            <Button
              size="sm"
              variant="quiet"
              className="-ml-2"
              disabled={free.length === 0}
              onClick={() => onChange([...metrics, newMetric(free[0]!, role)])}
            >
              <Plus aria-hidden="true" />
              Add {role === "success" ? "success metric" : role === "guardrail" ? "guardrail" : "metric"}
            </Button>
            <CustomMetricDialog
              scoreNames={scoreNames}
              taken={chosen}
              onAdd={(id) => onChange([...metrics, newMetric(id, role)])}
            />
          </div>
        </fieldset>
      ))}
    </div>
  );
}

function newMetric(id: MetricId, role: MetricState["role"]): MetricState {
  return {
    metric: id,
    role,
    direction: directionOf(id),
    mde: { kind: "relative", value: "" },
    margin: { kind: "relative", value: role === "guardrail" ? "10" : "" },
  };
}

type MetricNameProps = {
  metric: MetricState;
  options: readonly MetricId[];
  error: string | null;
  onChange: (id: MetricId) => void;
};

function MetricName({ metric, options, error, onChange }: MetricNameProps) {
  return (
    <Field label="Metric" error={error}>
      <Select
        options={options.map((id) => ({
          value: id,
          label: labelOf(id),
          hint: id.startsWith("score:") ? "score" : undefined,
        }))}
        value={metric.metric}
        onValueChange={onChange}
      />
    </Field>
  );
}

type AmountFieldProps = {
  label: string;
  id: MetricId;
  amount: AmountState;
  placeholder?: string;
  error: string | null;
  onChange: (amount: AmountState) => void;
};

function AmountField({ label, id, amount, placeholder, error, onChange }: AmountFieldProps) {
  return (
    <Field label={label} error={error} className="max-sm:col-span-2">
      <div className="grid grid-cols-[1fr_5.5rem] gap-1">
        <Input
          inputMode="decimal"
          value={amount.value}
          placeholder={placeholder}
          onValueChange={(value) => onChange({ ...amount, value })}
        />
        <Select
          aria-label={`${label}, unit`}
          options={[
            { value: "relative", label: "%", hint: "of A’s value" },
            { value: "absolute", label: unitOf(id) },
          ]}
          value={amount.kind}
          onValueChange={(kind) => onChange({ ...amount, kind })}
        />
      </div>
    </Field>
  );
}

const baseMetrics: MetricId[] = [
  "error_rate",
  "latency_ms.p50",
  "latency_ms.p95",
  "latency_ms.p99",
  "latency_ms",
  "time_to_first_token_ms.p50",
  "time_to_first_token_ms.p95",
  "cost_usd",
  "cost_usd.per_unit",
  "input_tokens",
  "output_tokens",
  "retries",
  "traces.per_unit",
];

const directions = [
  { value: "higher", label: "higher" },
  { value: "lower", label: "lower" },
] as const;

function directionOf(id: MetricId): "higher" | "lower" {
  return parseMetric(id)?.isHigherBetter ? "higher" : "lower";
}

function labelOf(id: MetricId): string {
  return parseMetric(id)?.label ?? id;
}

function defaultMde(id: MetricId): string {
  return String(100 * (parseMetric(id)?.defaultMde ?? 0.05));
}

function unitOf(id: MetricId): string {
  switch (parseMetric(id)?.unit) {
    case "share":
      return "pp";
    case "ms":
      return "ms";
    case "usd":
      return "US$";
    case "tokens":
      return "tokens";
    default:
      return "points";
  }
}
