"use client";

import { Plus, X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { FormState } from "./form-state.ts";

type AssignmentFieldsProps = {
  form: FormState;
  onChange: (fields: Partial<FormState>) => void;
  issueOf: (path: string) => string | null;
};

/** What most tests leave alone: who is asked at all, and what must not overlap. */
export function AssignmentFields({ form, onChange, issueOf }: AssignmentFieldsProps) {
  const { targeting, namespace, holdout } = form;
  const setRule = (index: number, fields: Partial<FormState["targeting"][number]>) =>
    onChange({ targeting: targeting.map((rule, i) => (i === index ? { ...rule, ...fields } : rule)) });
  const isUsed =
    targeting.length > 0 || namespace.name !== "" || holdout.name !== "" || form.hashVersion === "2";
  return (
    <details className="mt-5" open={isUsed || issueOf("assignment.namespace.end") !== null}>
      <summary className="cursor-default text-sm text-muted select-none hover:text-text">
        Who takes part: targeting, exclusive tests, holdout, hash
      </summary>
      <div className="mt-4 flex flex-col gap-6">
        <fieldset>
          <legend className="text-sm font-medium">Only units whose attributes match</legend>
          <p className="mb-2 text-xs text-muted">
            All must hold. Attributes come with the call (metadata) or the assignment.
          </p>
          <ul className="flex flex-col gap-2">
            {targeting.map((rule, index) => (
              <li
                // biome-ignore lint/suspicious/noArrayIndexKey: rows are edited in place
                key={index}
                className="grid grid-cols-[1fr_7rem_2fr_auto] items-end gap-2 max-sm:grid-cols-2"
              >
                <Field label="Attribute" error={issueOf(`assignment.targeting.${index}.attribute`)}>
                  <Input
                    isCode
                    value={rule.attribute}
                    placeholder="country"
                    onValueChange={(attribute) => setRule(index, { attribute })}
                  />
                </Field>
                <Select
                  aria-label="Condition"
                  options={[
                    { value: "in", label: "is one of" },
                    { value: "not_in", label: "is none of" },
                  ]}
                  value={rule.operator}
                  onValueChange={(operator) => setRule(index, { operator })}
                />
                <Field label="Values, with commas" error={issueOf(`assignment.targeting.${index}.values`)}>
                  <Input
                    isCode
                    value={rule.values}
                    placeholder="DE, AT"
                    onValueChange={(values) => setRule(index, { values })}
                  />
                </Field>
                <Button
                  variant="quiet"
                  size="icon"
                  aria-label={`Remove the condition on ${rule.attribute || "an attribute"}`}
                  onClick={() => onChange({ targeting: targeting.filter((_, i) => i !== index) })}
                >
                  <X aria-hidden="true" />
                </Button>
              </li>
            ))}
          </ul>
          <Button
            size="sm"
            variant="quiet"
            className="mt-1 -ml-2"
            onClick={() =>
              onChange({ targeting: [...targeting, { attribute: "", operator: "in", values: "" }] })
            }
          >
            <Plus aria-hidden="true" />
            Add a condition
          </Button>
        </fieldset>
        <fieldset>
          <legend className="text-sm font-medium">Never together with other tests</legend>
          <p className="mb-2 text-xs text-muted">
            Tests that own disjoint ranges of one namespace share no unit. Empty: no namespace.
          </p>
          <div className="grid gap-3 sm:grid-cols-3">
            <Field label="Namespace" isOptional error={issueOf("assignment.namespace.name")}>
              <Input
                isCode
                value={namespace.name}
                placeholder="checkout"
                onValueChange={(name) => onChange({ namespace: { ...namespace, name } })}
              />
            </Field>
            <Field label="From, %" error={issueOf("assignment.namespace.start")}>
              <Input
                inputMode="decimal"
                value={namespace.start}
                onValueChange={(start) => onChange({ namespace: { ...namespace, start } })}
              />
            </Field>
            <Field
              label="To, %"
              error={issueOf("assignment.namespace.end") ?? issueOf("assignment.namespace")}
            >
              <Input
                inputMode="decimal"
                value={namespace.end}
                onValueChange={(end) => onChange({ namespace: { ...namespace, end } })}
              />
            </Field>
          </div>
        </fieldset>
        <fieldset>
          <legend className="text-sm font-medium">Holdout</legend>
          <p className="mb-2 text-xs text-muted">
            The same units are kept out of every test that names it and get the control: to measure all tests
            by.
          </p>
          <div className="grid gap-3 sm:grid-cols-3">
            <Field label="Name of the holdout" isOptional error={issueOf("assignment.holdout.name")}>
              <Input
                isCode
                value={holdout.name}
                placeholder="2026"
                onValueChange={(name) => onChange({ holdout: { ...holdout, name } })}
              />
            </Field>
            <Field label="Share, %" error={issueOf("assignment.holdout.share")}>
              <Input
                inputMode="decimal"
                value={holdout.share}
                onValueChange={(share) => onChange({ holdout: { ...holdout, share } })}
              />
            </Field>
            <Field label="Hash">
              <Select
                options={[
                  { value: "3", label: "3: murmur3", hint: "over UTF-8; the better one" },
                  { value: "2", label: "2: GrowthBook’s", hint: "to agree with its SDKs" },
                ]}
                value={form.hashVersion}
                onValueChange={(hashVersion) => onChange({ hashVersion })}
              />
            </Field>
          </div>
        </fieldset>
      </div>
    </details>
  );
}
