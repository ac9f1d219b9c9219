import { Check, Circle } from "lucide-react";
import Link from "next/link";

export type NextStep = { title: string; why: string; href: string; isDone: boolean };

/** The way from an empty project to a decision; what is done is ticked, the first that is not stands out. */
export function NextSteps({ steps }: { steps: readonly NextStep[] }) {
  const next = steps.find((step) => !step.isDone);
  return (
    <ol>
      {steps.map((step) => (
        <li key={step.href} className="flex items-start gap-3 border-t border-border py-2.5">
          {step.isDone ? (
            <Check className="mt-0.5 size-4 shrink-0 text-better" aria-label="Done" />
          ) : (
            <Circle
              className={`mt-0.5 size-4 shrink-0 ${step === next ? "text-accent" : "text-border-strong"}`}
              aria-label="To do"
            />
          )}
          <div className="min-w-0">
            <Link
              href={step.href}
              className={
                step.isDone
                  ? "text-muted hover:underline"
                  : "font-medium hover:underline hover:underline-offset-3"
              }
            >
              {step.title}
            </Link>
            {!step.isDone && <p className="text-muted">{step.why}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
