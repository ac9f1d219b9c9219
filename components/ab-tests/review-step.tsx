"use client";

import { CircleAlert, CircleCheck, CircleX, Info } from "lucide-react";
import { useEffect, useState } from "react";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { Button } from "#components/ui/button.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Finding } from "#lib/abtests/lint.ts";
import type { AbTestChoices } from "#lib/abtests/list-choices.ts";
import { parseMetric } from "#lib/abtests/metrics.ts";
import type { Plan, PlanInput } from "#lib/abtests/plan-ab-test.ts";
import type { CreateAbTestInput } from "#lib/abtests/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { type FormState, toCreateInput } from "./form-state.ts";
import { PlanNote } from "./plan-note.tsx";
import { type StepId, stepOfField, steps } from "./wizard-steps.tsx";

type ReviewStepProps = {
  form: FormState;
  choices: AbTestChoices;
  onCheck: (input: CreateAbTestInput) => Promise<ActionResult<Finding[]>>;
  onPlan: (input: PlanInput) => Promise<ActionResult<Plan>>;
  onGoTo: (step: StepId) => void;
  /** Told when it is known whether the test could start. */
  onChecked: (canStart: boolean) => void;
};

/** A fault of a field says what is wrong with it, but not which of several fields it is. */
type Found = Finding & { isFault?: boolean };

/** The whole test in a few lines, and what would stop or spoil it, before anything is assigned. */
export function ReviewStep({ form, choices, onCheck, onPlan, onGoTo, onChecked }: ReviewStepProps) {
  const [found, setFound] = useState<Found[] | null>(null);
  const asked = JSON.stringify(toCreateInput(form));

  useEffect(() => {
    let isCurrent = true;
    setFound(null);
    void onCheck(JSON.parse(asked) as CreateAbTestInput).then((result) => {
      if (!isCurrent) return;
      const findings: Found[] = result.ok
        ? result.data
        : result.error.issues.length > 0
          ? result.error.issues.map(({ path, message }) => ({
              level: "error",
              field: path,
              message,
              isFault: true,
            }))
          : [{ level: "error", field: "", message: result.error.message }];
      setFound(findings);
      onChecked(findings.every((finding) => finding.level !== "error"));
    });
    return () => {
      isCurrent = false;
    };
  }, [asked, onCheck, onChecked]);

  const titleOf = (id: string) => {
    const version = choices.promptVersions.find((each) => each.id === id);
    return version ? `${version.promptName} v${version.number}` : "no prompt yet";
  };
  const modelOf = (id: string) => {
    const version = choices.modelVersions.find((each) => each.id === id);
    return version ? `${version.modelName} v${version.number}` : "no model yet";
  };
  const named = (role: "success" | "guardrail" | "exploratory") =>
    form.metrics
      .filter((metric) => metric.role === role)
      .map((metric) => parseMetric(metric.metric)?.label ?? metric.metric)
      .join(", ") || "none";
  return (
    <div className="flex flex-col gap-6">
      <DescriptionList
        items={[
          { term: "Test", value: `${form.name || "no name yet"} (${form.key || "no key yet"})` },
          ...(form.hypothesis ? [{ term: "Expected", value: form.hypothesis }] : []),
          {
            term: "Variants",
            value: (
              <ul className="flex flex-col gap-0.5">
                {form.variants.map((variant, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a variant is its letter, which is its place
                  <li key={index} className="flex flex-wrap gap-x-2">
                    <VariantMark index={index} />
                    {titleOf(variant.promptVersionId)} on {modelOf(variant.modelVersionId)}
                    <span className="text-muted">{variant.weight}%</span>
                  </li>
                ))}
              </ul>
            ),
          },
          {
            term: "Units",
            value: `${form.unitKind === "attribute" ? `attribute ${form.unitAttribute}` : form.unitKind}, ${form.coverage}% of them`,
          },
          { term: "Success", value: named("success") },
          { term: "Guardrails", value: named("guardrail") },
          { term: "Also shown", value: named("exploratory") },
          {
            term: "Rules",
            value: `${form.alpha}% false alarms over all looks; ${form.minimumDays} to ${form.maximumDays} days`,
          },
        ]}
      />
      <PlanNote form={form} onPlan={onPlan} />
      <section aria-label="Checks before the launch" aria-live="polite">
        <h3 className="mb-2 text-sm font-medium">Checks before the launch</h3>
        {found === null ? (
          <Skeleton className="h-12 w-full" />
        ) : found.length === 0 ? (
          <p className="flex items-center gap-2 text-sm">
            <CircleCheck className="size-4 text-better" aria-hidden="true" /> Nothing stands in its way.
          </p>
        ) : (
          <ul className="flex flex-col gap-2">
            {found.map((finding) => {
              const { Icon, tone, word } = levels[finding.level];
              const step = stepOfField(finding.field);
              return (
                <li key={`${finding.field} ${finding.message}`} className="flex max-w-prose gap-2 text-sm">
                  <Icon className={`mt-0.5 size-4 shrink-0 ${tone}`} aria-hidden="true" />
                  <span className="min-w-0">
                    <span className={`font-medium ${tone}`}>{word}:</span>{" "}
                    {finding.isFault && placeOf(finding.field, form)}
                    {finding.message}{" "}
                    {step !== "review" && (
                      <Button size="sm" variant="quiet" className="-my-1" onClick={() => onGoTo(step)}>
                        Go to {steps.find((each) => each.id === step)!.label.toLowerCase()}
                      </Button>
                    )}
                  </span>
                </li>
              );
            })}
          </ul>
        )}
      </section>
    </div>
  );
}

/** "Variant B: ", where a message does not say by itself which of several it is about. */
function placeOf(path: string, form: FormState): string {
  const [first, second, third] = path.split(".");
  if (first === "variants" && second) return `Variant ${String.fromCharCode(65 + Number(second))}: `;
  if (first !== "metrics" || third === undefined) return "";
  const role = second === "guardrails" ? "guardrail" : second;
  const metric = form.metrics.filter((each) => each.role === role)[Number(third)];
  return metric ? `${parseMetric(metric.metric)?.label ?? metric.metric}: ` : "";
}

const levels = {
  error: { Icon: CircleX, tone: "text-harm", word: "It cannot start" },
  warning: { Icon: CircleAlert, tone: "text-unresolved", word: "Warning" },
  note: { Icon: Info, tone: "text-muted", word: "Note" },
};
