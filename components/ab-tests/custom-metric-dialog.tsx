"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { type MetricId, parseMetric } from "#lib/abtests/metrics.ts";
import { aggregationsOf, type CustomMetric, customMetricId } from "./custom-metric.ts";

type CustomMetricDialogProps = {
  scoreNames: readonly string[];
  /** Ids that are in the test already. */
  taken: ReadonlySet<MetricId>;
  onAdd: (id: MetricId) => void;
};

/** A metric of one's own: what is measured, which of it counts, and how it is added up. */
export function CustomMetricDialog({ scoreNames, taken, onAdd }: CustomMetricDialogProps) {
  const [isOpen, setOpen] = useState(false);
  const [metric, setMetric] = useState<CustomMetric>({
    measure: "score",
    scoreName: scoreNames[0] ?? "",
    atLeast: "",
    aggregation: "mean",
  });
  const set = (fields: Partial<CustomMetric>) => setMetric({ ...metric, ...fields });
  const aggregations = aggregationsOf(metric);
  const aggregation = aggregations.some((each) => each.value === metric.aggregation)
    ? metric.aggregation
    : aggregations[0]!.value;
  const id = customMetricId({ ...metric, aggregation });
  const parsed = id === null ? null : parseMetric(id);
  const isTaken = id !== null && taken.has(id);

  return (
    <Dialog
      title="A metric of your own"
      description="Of each trace something is measured; it is then added up per unit."
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={<Button size="sm">Compose a metric</Button>}
      footer={
        <>
          <DialogClose />
          <Button
            variant="primary"
            disabled={!parsed || isTaken}
            onClick={() => {
              onAdd(id!);
              setOpen(false);
            }}
          >
            Add metric
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 pb-2">
        <Field label="What is measured">
          <Select options={measures} value={metric.measure} onValueChange={(measure) => set({ measure })} />
        </Field>
        {metric.measure === "score" && (
          <>
            <Field label="Score" description="The name that applications, people or judges send it under.">
              <Input
                isCode
                value={metric.scoreName}
                placeholder="refusal"
                list="score-names"
                onValueChange={(scoreName) => set({ scoreName })}
              />
            </Field>
            <datalist id="score-names">
              {scoreNames.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
            <Field
              label="Counts only if it is at least"
              isOptional
              description="Given, each trace counts as reached or not."
            >
              <Input
                inputMode="decimal"
                value={metric.atLeast}
                placeholder="0.8"
                onValueChange={(atLeast) => set({ atLeast })}
              />
            </Field>
          </>
        )}
        <Field label="Added up as">
          <Select
            options={aggregations}
            value={aggregation}
            onValueChange={(aggregation) => set({ aggregation })}
          />
        </Field>
        <p className="text-sm" aria-live="polite">
          {isTaken ? (
            <span className="text-harm">The test has {parsed?.label.toLowerCase()} already.</span>
          ) : parsed ? (
            <>
              <strong>{parsed.label}</strong> <code className="text-xs text-muted">{id}</code>
            </>
          ) : (
            <span className="text-muted">
              Name a score, and give the threshold as a number or not at all.
            </span>
          )}
        </p>
      </div>
    </Dialog>
  );
}

const measures = [
  { value: "score", label: "A score", hint: "feedback, judges, refusal, format" },
  { value: "error_rate", label: "Failure", hint: "any call of the trace failed" },
  { value: "retries", label: "Retries", hint: "failed calls that were followed by another" },
  { value: "latency_ms", label: "Latency" },
  { value: "time_to_first_token_ms", label: "Time to first token" },
  { value: "cost_usd", label: "Cost" },
  { value: "input_tokens", label: "Input tokens" },
  { value: "output_tokens", label: "Output tokens" },
  { value: "traces", label: "Traces", hint: "how long a session is" },
] as const satisfies { value: CustomMetric["measure"]; label: string; hint?: string }[];
