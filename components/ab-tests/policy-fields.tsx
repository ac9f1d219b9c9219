"use client";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

/** What happens by itself, as it is typed. */
export type PolicyState = {
  mode: "manual" | "approval" | "automatic";
  label: string;
  stage: "Production" | "Staging" | "leave";
  afterHours: string;
  onHarm: "tell" | "pause" | "stop";
};

type PolicyFieldsProps = {
  policy: PolicyState;
  onChange: (policy: PolicyState) => void;
  issueOf: (path: string) => string | null;
};

/** Who promotes, and what happens on harm. */
export function PolicyFields({ policy, onChange, issueOf }: PolicyFieldsProps) {
  const set = (fields: Partial<PolicyState>) => onChange({ ...policy, ...fields });
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="A variant that is ship-ready">
        <Select options={modes} value={policy.mode} onValueChange={(mode) => set({ mode })} />
      </Field>
      {policy.mode === "automatic" ? (
        <Field
          label="After, hours"
          error={issueOf("policy.promotion.afterHours")}
          description="Time in which anybody may decline."
        >
          <Input
            inputMode="decimal"
            value={policy.afterHours}
            onValueChange={(afterHours) => set({ afterHours })}
          />
        </Field>
      ) : (
        <span className="max-sm:hidden" />
      )}
      <Field label="Gets the label" error={issueOf("policy.promotion.label")}>
        <Input isCode value={policy.label} onValueChange={(label) => set({ label })} />
      </Field>
      <Field label="And its model version the stage">
        <Select options={stages} value={policy.stage} onValueChange={(stage) => set({ stage })} />
      </Field>
      <Field label="When a variant is shown to be worse">
        <Select options={harms} value={policy.onHarm} onValueChange={(onHarm) => set({ onHarm })} />
      </Field>
    </div>
  );
}

const modes = [
  { value: "manual", label: "is promoted by hand", hint: "whoever may write tests" },
  { value: "approval", label: "needs a second person", hint: "one asks, another approves" },
  { value: "automatic", label: "is promoted by itself", hint: "after some hours, unless somebody declines" },
] as const;

const stages = [
  { value: "Production", label: "Production" },
  { value: "Staging", label: "Staging" },
  { value: "leave", label: "none: it stays as it is" },
] as const;

const harms = [
  { value: "tell", label: "only say so", hint: "in the report and to webhooks" },
  { value: "pause", label: "pause the test", hint: "everybody gets the control; it can go on" },
  { value: "stop", label: "roll back", hint: "everybody gets the control, and the test ends" },
] as const;
