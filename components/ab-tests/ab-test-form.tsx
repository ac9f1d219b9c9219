"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { showError } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import { useUrlState } from "#components/ui/use-url-state.ts";
import type { AbTestStatus } from "#lib/abtests/definition.ts";
import type { Finding } from "#lib/abtests/lint.ts";
import type { AbTestChoices } from "#lib/abtests/list-choices.ts";
import type { Plan, PlanInput } from "#lib/abtests/plan-ab-test.ts";
import { presetMetrics, presets } from "#lib/abtests/presets.ts";
import type { CreateAbTestInput } from "#lib/abtests/schema.ts";
import type { FieldIssue } from "#lib/core/errors.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { ContentDiff } from "#lib/prompts/diff.ts";
import { AssignmentFields } from "./assignment-fields.tsx";
import { type FormState, metricStates, toCreateInput } from "./form-state.ts";
import { MetricFields } from "./metric-fields.tsx";
import { PlanNote } from "./plan-note.tsx";
import { PolicyFields } from "./policy-fields.tsx";
import { PromptDiff } from "./prompt-diff.tsx";
import { ReviewStep } from "./review-step.tsx";
import { useKeptDraft } from "./use-kept-draft.ts";
import { VariantFields } from "./variant-fields.tsx";
import { type StepId, stepOfField, steps, WizardSteps } from "./wizard-steps.tsx";

type AbTestFormProps = {
  initial: FormState;
  choices: AbTestChoices;
  /** Whether the key can still be chosen. */
  isNew: boolean;
  /** Of the list of tests; the saved one is below it. */
  listHref: string;
  cancelHref: string;
  /** Under this name the browser keeps what was typed until it is saved. */
  draftName: string;
  onSave: (input: CreateAbTestInput) => Promise<ActionResult<{ key: string }>>;
  onCheck: (input: CreateAbTestInput) => Promise<ActionResult<Finding[]>>;
  onStart: (input: {
    key: string;
    acceptsWarnings: boolean;
  }) => Promise<ActionResult<{ status: AbTestStatus }>>;
  onPlan: (input: PlanInput) => Promise<ActionResult<Plan>>;
  onDiff: (input: { before: string; after: string }) => Promise<ActionResult<ContentDiff>>;
};

const stepIds = steps.map((step) => step.id);

/**
 * A test in six steps, in the order one thinks of it: what we believe, what is compared, on whom, how it is judged, by
 * what rules, and a last look. Steps can be taken in any order; what is typed is kept until it is saved.
 */
export function AbTestForm(props: AbTestFormProps) {
  const { initial, choices, isNew, listHref, cancelHref, onSave, onPlan, onDiff } = props;
  const router = useRouter();
  const [step, setStep] = useUrlState<StepId>("step", "hypothesis", stepIds);
  const draft = useKeptDraft(props.draftName, initial);
  const { form, setForm } = draft;
  const [faults, setFaults] = useState<FieldIssue[]>([]);
  const [canStart, setCanStart] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const { submit, isPending, error, issueOf, clear } = useSubmit(send);
  const set = (fields: Partial<FormState>) => {
    clear();
    setFaults([]);
    setForm({ ...form, ...fields });
  };
  const score = form.metrics
    .find((metric) => metric.metric.startsWith("score:"))
    ?.metric.slice("score:".length);
  const [quality, setQuality] = useState(score ?? choices.scoreNames[0] ?? "");

  /** Saves; a fault leads to the step that it is in. */
  async function send({ mayStart }: { mayStart: boolean }): Promise<ActionResult<{ key: string }>> {
    const saved = await onSave(toCreateInput(form));
    if (!saved.ok) {
      setFaults(saved.error.issues);
      const first = saved.error.issues[0];
      if (first) setStep(stepOfField(first.path));
      return saved;
    }
    draft.forget();
    if (mayStart) {
      const started = await props.onStart({ key: saved.data.key, acceptsWarnings: true });
      // It is saved all the same; its page says what is wrong.
      if (!started.ok) showError(started.error.message);
    }
    router.push(`${listHref}/${saved.data.key}`);
    return saved;
  }

  const choosePreset = (preset: FormState["preset"], name = quality) =>
    set({
      preset,
      ...(preset !== "custom" && { metrics: metricStates(presetMetrics(preset, name || "quality")) }),
    });

  const index = stepIds.indexOf(step);
  const goTo = useCallback(
    (next: StepId) => {
      setStep(next);
      window.scrollTo({ top: 0 });
    },
    [setStep],
  );
  const next = steps[index + 1];

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const wanted =
        event.altKey && !event.metaKey && !event.ctrlKey
          ? steps[Number(event.code.replace("Digit", "")) - 1]
          : undefined;
      const isNext = event.key === "Enter" && (event.metaKey || event.ctrlKey);
      const target = wanted ?? (isNext ? next : undefined);
      if (!target) return;
      event.preventDefault();
      goTo(target.id);
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [next, goTo]);

  return (
    <form
      className="flex max-w-4xl flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (next) goTo(next.id);
      }}
    >
      <WizardSteps
        current={step}
        done={doneSteps(form)}
        faulty={new Set(faults.map((fault) => stepOfField(fault.path)))}
        onChoose={goTo}
      />
      {draft.keptAt !== null && (
        <p className="mb-4 flex flex-wrap items-center gap-3 rounded-md bg-sunken px-3 py-2 text-sm">
          <span>
            This goes on where you left it, <RelativeTime value={draft.keptAt} />.
          </span>
          <Button
            size="sm"
            onClick={() => {
              draft.forget();
              clear();
            }}
          >
            {isNew ? "Start over" : "Back to what is saved"}
          </Button>
        </p>
      )}
      <div>
        {step === "hypothesis" && (
          <Section
            title="Hypothesis"
            description="What you believe, before the numbers can talk you into something else."
          >
            <div className="flex flex-col gap-3">
              <div className="grid gap-3 sm:grid-cols-2">
                <Field label="Name" error={issueOf("name")}>
                  <Input
                    autoFocus
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
                  rows={3}
                  value={form.hypothesis}
                  onChange={(event) => set({ hypothesis: event.target.value })}
                />
              </Field>
            </div>
          </Section>
        )}

        {step === "variants" && (
          <Section
            title="Variants"
            description="Prompt version × model version × parameters. A is what serves today: the control."
          >
            <VariantFields
              variants={form.variants}
              choices={choices}
              issueOf={issueOf}
              onChange={(variants) => set({ variants })}
            />
            <VariantDiffs form={form} choices={choices} onDiff={onDiff} />
          </Section>
        )}

        {step === "units" && (
          <Section
            title="Units"
            description="A unit stays with its variant, and differences are counted per unit: choose what a person would notice changing."
          >
            <div className="grid gap-3 sm:grid-cols-3">
              <Field label="The unit is" error={issueOf("unitKind")}>
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
                description="Of all units; the others get A and are not counted. It can be raised later."
              >
                <Input
                  inputMode="decimal"
                  value={form.coverage}
                  onValueChange={(coverage) => set({ coverage })}
                />
              </Field>
            </div>
            <AssignmentFields form={form} onChange={set} issueOf={issueOf} />
          </Section>
        )}

        {step === "metrics" && (
          <Section
            title="Metrics"
            description="A preset proposes metrics and margins; change what does not fit."
          >
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
            <Field
              label="Cut the units by"
              isOptional
              className="mt-6 max-w-lg"
              error={issueOf("design.segments") ?? issueOf("design.segments.0")}
              description="With commas, at most five: environment, release, service, or attributes that come with an assignment. For segments, which are exploratory."
            >
              <Input isCode value={form.segments} onValueChange={(segments) => set({ segments })} />
            </Field>
          </Section>
        )}

        {step === "rules" && (
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
            <div className="mt-6">
              <h3 className="mb-2 text-sm font-medium">What happens then</h3>
              <PolicyFields policy={form.policy} onChange={(policy) => set({ policy })} issueOf={issueOf} />
            </div>
          </Section>
        )}

        {step === "review" && (
          <Section title="Review" description="Nothing is assigned before the test is started.">
            <ReviewStep
              form={form}
              choices={choices}
              onCheck={props.onCheck}
              onPlan={onPlan}
              onGoTo={goTo}
              onChecked={setCanStart}
            />
          </Section>
        )}
      </div>

      <div className="sticky bottom-0 flex flex-wrap items-center justify-end gap-2 border-t border-border bg-bg py-3">
        <div className="mr-auto min-w-0">
          <FormError>{error ?? (faults[0] ? `Not saved: ${faults[0].message}` : null)}</FormError>
        </div>
        <LinkButton href={cancelHref}>Cancel</LinkButton>
        {index > 0 && <Button onClick={() => goTo(stepIds[index - 1]!)}>Back</Button>}
        <Button
          isPending={isPending && !isStarting}
          onClick={() => {
            setStarting(false);
            void submit({ mayStart: false });
          }}
        >
          Save draft
        </Button>
        {next ? (
          <Button type="submit" variant="primary">
            Next: {next.label.toLowerCase()}
            <span className="max-sm:hidden">
              <Kbd>⌘↵</Kbd>
            </span>
          </Button>
        ) : (
          <Button
            variant="primary"
            isPending={isPending && isStarting}
            disabled={!canStart}
            onClick={() => {
              setStarting(true);
              void submit({ mayStart: true });
            }}
          >
            Save and start
          </Button>
        )}
      </div>
    </form>
  );
}

/** Filled in well enough; the server has the last word. */
function doneSteps(form: FormState): ReadonlySet<StepId> {
  const total = form.variants.reduce((sum, variant) => sum + Number(variant.weight.replace(",", ".")), 0);
  const isDone: Record<StepId, boolean> = {
    hypothesis: form.name.trim() !== "" && form.key.trim() !== "",
    variants:
      form.variants.every((variant) => variant.promptVersionId && variant.modelVersionId) &&
      Math.abs(total - 100) < 1e-6,
    units: (form.unitKind !== "attribute" || form.unitAttribute.trim() !== "") && Number(form.coverage) > 0,
    metrics: form.metrics.some((metric) => metric.role === "success"),
    rules: Number(form.alpha) > 0 && Number(form.maximumDays) >= Number(form.minimumDays),
    review: false,
  };
  return new Set(steps.map((step) => step.id).filter((id) => isDone[id]));
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
