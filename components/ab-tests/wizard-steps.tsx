"use client";

import { Check } from "lucide-react";
import { classNames } from "#components/ui/class-names.ts";

export type StepId = "hypothesis" | "variants" | "units" | "metrics" | "rules" | "review";

export const steps: readonly { id: StepId; label: string; fields: readonly string[] }[] = [
  { id: "hypothesis", label: "Hypothesis", fields: ["name", "key", "hypothesis"] },
  { id: "variants", label: "Variants", fields: ["variants"] },
  { id: "units", label: "Units", fields: ["unitKind", "unitAttribute", "coverage", "assignment"] },
  { id: "metrics", label: "Metrics", fields: ["metrics"] },
  { id: "rules", label: "Rules", fields: ["design", "policy"] },
  { id: "review", label: "Review", fields: [] },
];

/** The step in which a field of the request is. */
export function stepOfField(path: string): StepId {
  const [first] = path.split(".");
  return steps.find((step) => step.fields.includes(first!))?.id ?? "review";
}

type WizardStepsProps = {
  current: StepId;
  /** Filled in well enough to go on. */
  done: ReadonlySet<StepId>;
  /** With a fault that the server named. */
  faulty: ReadonlySet<StepId>;
  onChoose: (step: StepId) => void;
};

/** Where one is, what is done, and what is wrong; every step can be gone to at any time. */
export function WizardSteps({ current, done, faulty, onChoose }: WizardStepsProps) {
  return (
    <nav aria-label="Steps" className="mb-6 overflow-x-auto border-b border-border [scrollbar-width:none]">
      <ol className="flex gap-1">
        {steps.map((step, index) => (
          <li key={step.id}>
            <button
              type="button"
              aria-current={step.id === current ? "step" : undefined}
              title={`Alt+${index + 1}`}
              onClick={() => onChoose(step.id)}
              className={classNames(
                "flex h-9 items-center gap-1.5 border-b-2 border-transparent px-2.5 text-sm whitespace-nowrap text-muted hover:text-text",
                "aria-[current=step]:border-accent aria-[current=step]:font-medium aria-[current=step]:text-text",
              )}
            >
              <span
                className={classNames(
                  "grid size-4 place-items-center rounded-full text-[0.65rem] tabular-nums",
                  faulty.has(step.id)
                    ? "bg-harm-soft text-harm"
                    : done.has(step.id)
                      ? "bg-accent-soft text-accent"
                      : "bg-hover text-muted",
                )}
                aria-hidden="true"
              >
                {faulty.has(step.id) ? "!" : done.has(step.id) ? <Check className="size-3" /> : index + 1}
              </span>
              {step.label}
              {faulty.has(step.id) && <span className="sr-only">, to be corrected</span>}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
