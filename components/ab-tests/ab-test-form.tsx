"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { AbTestChoices } from "#lib/abtests/list-choices.ts";
import type { Plan, PlanInput } from "#lib/abtests/plan-ab-test.ts";
import { presetMetrics, presets } from "#lib/abtests/presets.ts";
import type { CreateAbTestInput } from "#lib/abtests/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { ContentDiff } from "#lib/prompts/diff.ts";
import { type FormState, metricStates, toCreateInput, toMetrics } from "./form-state.ts";
import { MetricFields } from "./metric-fields.tsx";
import { PlanNote } from "./plan-note.tsx";
import { PromptDiff } from "./prompt-diff.tsx";
import { VariantFields } from "./variant-fields.tsx";

type AbTestFormProps = {
  initial: FormState;
  choices: AbTestChoices;
  /** Whether the key can still be chosen. */
  isNew: boolean;
  /** Of the list of tests; the saved one is below it. */
  listHref: string;
  cancelHref: string;
  onSave: (input: CreateAbTestInput) => Promise<ActionResult<{ key: string }>>;
  onPlan: (input: PlanInput) => Promise<ActionResult<Plan>>;
  onDiff: (input: { before: string; after: string }) => Promise<ActionResult<ContentDiff>>;
};

/** Everything a test is made of, in the order one thinks of it: what we believe, what is compared, how it is judged. */
export function AbTestForm(props: AbTestFormProps) {
  const { initial, choices, isNew, listHref, cancelHref, onSave, onPlan, onDiff } = props;
  const router = useRouter();
  const [form, setForm] = useState(initial);
  const { submit, isPending, error, issueOf, clear } = useSubmit(onSave, ({ key }) =>
    router.push(`${listHref}/${key}`),
  );
  const set = (fields: Partial<FormState>) => {
    clear();
    setForm((current) => ({ ...current, ...fields }));
  };
  const score = form.metrics
    .find((metric) => metric.metric.startsWith("score:"))
    ?.metric.slice("score:".length);
  const [quality, setQuality] = useState(score ?? choices.scoreNames[0] ?? "");

  const choosePreset = (preset: FormState["preset"], name = quality) =>
    set({
      preset,
      ...(preset !== "custom" && { metrics: metricStates(presetMetrics(preset, name || "quality")) }),
    });

  return (
    <form
      className="flex max-w-4xl flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(toCreateInput(form));
      }}
    >
      <Section title="Hypothesis">
        <div className="flex flex-col gap-3">
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="Name" error={issueOf("name")}>
              <Input
                value={form.name}
                placeholder="Shorter answers"
                onValueChange={(name) =>
                  set({ name, ...(isNew && form.key === keyOf(form.name) && { key: keyOf(name) }) })
                }
              />
            </Field>
            <Field
              label="Key"
              description={isNew ? "In code and URLs; it cannot be changed later." : "Cannot be changed."}
              error={issueOf("key")}
            >
              <Input isCode value={form.key} readOnly={!isNew} onValueChange={(key) => set({ key })} />
            </Field>
          </div>
          <Field
            label="What do you expect, and why?"
            isOptional
            error={issueOf("hypothesis")}
            description="Said before the numbers are in, it keeps everyone honest after."
          >
            <Textarea
              rows={2}
              value={form.hypothesis}
              onChange={(event) => set({ hypothesis: event.target.value })}
            />
          </Field>
        </div>
      </Section>

      <Section
        title="Variants"
        description="Prompt version × model version × parameters. A is what serves today."
      >
        <VariantFields
          variants={form.variants}
          choices={choices}
          issueOf={issueOf}
          onChange={(variants) => set({ variants })}
        />
        <VariantDiffs form={form} choices={choices} onDiff={onDiff} />
      </Section>

      <Section title="Units" description="A unit stays with its variant; differences are counted per unit.">
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="The unit is">
            <Select
              options={unitKinds}
              value={form.unitKind}
              onValueChange={(unitKind) => set({ unitKind })}
            />
          </Field>
          {form.unitKind === "attribute" && (
            <Field label="Attribute" error={issueOf("unitAttribute")}>
              <Input
                isCode
                value={form.unitAttribute}
                placeholder="tenant"
                onValueChange={(unitAttribute) => set({ unitAttribute })}
              />
            </Field>
          )}
          <Field
            label="Coverage, %"
            error={issueOf("coverage")}
            description="Of all units; the others get A and are not counted."
          >
            <Input
              inputMode="decimal"
              value={form.coverage}
              onValueChange={(coverage) => set({ coverage })}
            />
          </Field>
        </div>
      </Section>

      <Section title="Metrics" description="A preset proposes metrics and margins; change what does not fit.">
        <div className="mb-5 flex flex-col gap-3">
          <div role="radiogroup" aria-label="Preset" className="grid gap-2 sm:grid-cols-2">
            {[...presets, customPreset].map((preset) => (
              // biome-ignore lint/a11y/useSemanticElements: a card that holds a sentence, as one of several
              <button
                key={preset.name}
                type="button"
                role="radio"
                aria-checked={form.preset === preset.name}
                onClick={() => choosePreset(preset.name)}
                className={classNames(
                  "rounded-md border px-3 py-2 text-left",
                  form.preset === preset.name
                    ? "border-accent bg-accent-soft"
                    : "border-border bg-surface hover:bg-hover",
                )}
              >
                <span className="block text-sm font-medium">{preset.title}</span>
                <span className="block text-xs text-muted">{preset.question}</span>
              </button>
            ))}
          </div>
          <Field
            label="Score that measures quality"
            className="max-w-sm"
            description={
              choices.scoreNames.length > 0
                ? `In use: ${choices.scoreNames.slice(0, 8).join(", ")}`
                : "The name your application, people or judges will send it under."
            }
          >
            <Input
              isCode
              value={quality}
              placeholder="helpful"
              onValueChange={(name) => {
                setQuality(name);
                choosePreset(form.preset, name);
              }}
            />
          </Field>
        </div>
        <MetricFields
          metrics={form.metrics}
          scoreNames={[...new Set([...choices.scoreNames, ...(quality ? [quality] : [])])]}
          issueOf={issueOf}
          onChange={(metrics) => set({ metrics, preset: "custom" })}
        />
      </Section>

      <Section
        title="Rules"
        description="Fixed when the test starts. Looking early or often never spoils them."
      >
        <div className="grid gap-3 sm:grid-cols-3">
          <Field
            label="False alarms, %"
            error={issueOf("design.alpha")}
            description="The chance to ever claim a difference that is not there."
          >
            <Input inputMode="decimal" value={form.alpha} onValueChange={(alpha) => set({ alpha })} />
          </Field>
          <Field
            label="Runs at least, days"
            error={issueOf("design.minimumDays")}
            description="A week sees every weekday. Harm is reported before."
          >
            <Input
              inputMode="decimal"
              value={form.minimumDays}
              onValueChange={(minimumDays) => set({ minimumDays })}
            />
          </Field>
          <Field label="Runs at most, days" error={issueOf("design.maximumDays")}>
            <Input
              inputMode="decimal"
              value={form.maximumDays}
              onValueChange={(maximumDays) => set({ maximumDays })}
            />
          </Field>
        </div>
        <PlanNote form={form} onPlan={onPlan} />
      </Section>

      <div className="sticky bottom-0 flex flex-wrap items-center justify-end gap-2 border-t border-border bg-bg py-3">
        <div className="mr-auto min-w-0">
          <FormError>{error ?? firstIssue(form, issueOf)}</FormError>
        </div>
        <LinkButton href={cancelHref}>Cancel</LinkButton>
        <Button type="submit" variant="primary" isPending={isPending}>
          Save draft
        </Button>
      </div>
    </form>
  );
}

type VariantDiffsProps = Pick<AbTestFormProps, "choices" | "onDiff"> & { form: FormState };

function VariantDiffs({ form, choices, onDiff }: VariantDiffsProps) {
  const [diffs, setDiffs] = useState<ReadonlyMap<string, ContentDiff>>(new Map());
  const before = form.variants[0]?.promptVersionId ?? "";
  const after = form.variants.slice(1).map((variant) => variant.promptVersionId);
  const wanted = [...new Set(after)].filter((id) => id && before && id !== before).join(",");

  useEffect(() => {
    let isCurrent = true;
    for (const id of wanted.split(",").filter(Boolean)) {
      void onDiff({ before, after: id }).then((result) => {
        if (isCurrent && result.ok) setDiffs((known) => new Map(known).set(`${before}/${id}`, result.data));
      });
    }
    return () => {
      isCurrent = false;
    };
  }, [before, wanted, onDiff]);

  const titleOf = (id: string) => {
    const version = choices.promptVersions.find((each) => each.id === id);
    return version ? `${version.promptName} v${version.number}` : "";
  };
  const shown = wanted.split(",").flatMap((id) => {
    const diff = diffs.get(`${before}/${id}`);
    return diff ? [{ id, diff }] : [];
  });
  return (
    <>
      {shown.map(({ id, diff }) => (
        <details key={id} className="mt-4" open>
          <summary className="mb-2 cursor-default text-sm font-medium select-none">
            What {titleOf(id)} changes
          </summary>
          <PromptDiff diff={diff} labels={{ before: titleOf(before), after: titleOf(id) }} />
        </details>
      ))}
    </>
  );
}

const customPreset = {
  name: "custom",
  title: "Custom",
  question: "The metrics as they are below.",
} as const;

const unitKinds = [
  { value: "user", label: "User", hint: "user.id of the call" },
  { value: "session", label: "Session", hint: "session.id of the call" },
  { value: "attribute", label: "An attribute", hint: "a tenant, a device" },
] as const;

/** "Shorter answers!" → "shorter-answers". */
function keyOf(name: string): string {
  return name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);
}

/** A fault in a field that is far up the page is also said beside the button. */
function firstIssue(form: FormState, issueOf: (path: string) => string | null): string | null {
  const paths = [
    "name",
    "key",
    "variants",
    ...form.variants.flatMap((_, i) =>
      ["promptVersionId", "modelVersionId", "weight"].map((field) => `variants.${i}.${field}`),
    ),
    "unitAttribute",
    "coverage",
    "metrics.success",
    ...(["success", "guardrails", "exploratory"] as const).flatMap((role) =>
      toMetrics(form.metrics)[role].flatMap((_, i) =>
        ["metric", "mde.value", "margin.value"].map((field) => `metrics.${role}.${i}.${field}`),
      ),
    ),
    "design.alpha",
    "design.minimumDays",
    "design.maximumDays",
  ];
  const found = paths.map(issueOf).find((message) => message !== null);
  return found ? `Not saved: ${found}` : null;
}
