"use client";

import { useEffect, useState } from "react";
import { formatCount } from "#components/ui/format.ts";
import { formatValue } from "#lib/abtests/format-metric.ts";
import { parseMetric } from "#lib/abtests/metrics.ts";
import type { Plan, PlanInput } from "#lib/abtests/plan-ab-test.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { type FormState, toMetrics } from "./form-state.ts";

type PlanNoteProps = { form: FormState; onPlan: (input: PlanInput) => Promise<ActionResult<Plan>> };

/** How many units it will take, estimated again half a second after the last change. */
export function PlanNote({ form, onPlan }: PlanNoteProps) {
  const [plan, setPlan] = useState<Plan | null>(null);
  const input = planInput(form);
  const asked = input ? JSON.stringify(input) : null;

  useEffect(() => {
    if (!asked) {
      setPlan(null);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const result = await onPlan(JSON.parse(asked) as PlanInput);
      if (isCurrent) setPlan(result.ok ? result.data : null);
    }, 500);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [asked, onPlan]);

  const metric = input && parseMetric(input.metric.metric);
  if (!plan || !metric) return null;
  const { unitsPerVariant, unitsPerDay, baseline, mde, note } = plan;
  const total = unitsPerVariant ? unitsPerVariant.likely * form.variants.length : 0;
  return (
    <p className="mt-4 max-w-prose text-sm" aria-live="polite">
      {unitsPerVariant && mde !== null ? (
        <>
          To find a change of {formatValue(mde, metric.unit)} in {metric.label.toLowerCase()}
          {baseline !== null && ` (now ${formatValue(baseline, metric.unit)})`} it needs about{" "}
          <strong>{formatCount(unitsPerVariant.likely)} units per variant</strong>, at the latest{" "}
          {formatCount(unitsPerVariant.latest)}
          {unitsPerDay
            ? `: ${formatCount(Math.ceil(total / unitsPerDay))} days at ${formatCount(unitsPerDay)} units a day`
            : ""}
          .{" "}
        </>
      ) : null}
      <span className="text-muted">{note}</span>
    </p>
  );
}

function planInput(form: FormState): PlanInput | null {
  const [control] = form.variants;
  const { success } = toMetrics(form.metrics);
  const [metric] = success;
  const alpha = Number(form.alpha) / 100;
  const coverage = Number(form.coverage) / 100;
  if (!control?.promptVersionId || !control.modelVersionId || !metric) return null;
  if (!(alpha > 0 && alpha < 0.5 && coverage > 0 && coverage <= 1)) return null;
  if (metric.mde && !(metric.mde.value > 0)) return null;
  return {
    promptVersionId: control.promptVersionId,
    modelVersionId: control.modelVersionId,
    unitKind: form.unitKind,
    variants: form.variants.length,
    alpha,
    coverage,
    successCount: success.length,
    metric,
  };
}
