"use client";

import { useState } from "react";
import type { EvaluationEstimate } from "#lib/evaluations/estimate-evaluation.ts";
import type { EvaluatorConfig } from "#lib/evaluations/evaluators/config.ts";
import type { StartEvaluationInput } from "#lib/evaluations/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { VariantMark } from "../charts/variant-mark.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { Section } from "../ui/section.tsx";
import { Select } from "../ui/select.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { CheckList } from "./check-list.tsx";
import { EstimateLine } from "./estimate-line.tsx";
import { EvaluatorsEditor } from "./evaluators-editor.tsx";
import { newEvaluator } from "./new-evaluator.ts";
import type { DatasetChoice, ModelChoice, PromptChoice } from "./start-choices.ts";

type StartFormProps = {
  datasets: readonly DatasetChoice[];
  prompts: readonly PromptChoice[];
  models: readonly ModelChoice[];
  initial: { datasetVersionId: string | null; promptVersionIds: string[]; modelVersionIds: string[] };
  onEstimate: (input: EstimateInput) => Promise<ActionResult<EvaluationEstimate>>;
  onStart: (input: StartEvaluationInput) => Promise<ActionResult<{ id: string }>>;
  onDone: (evaluation: { id: string }) => void;
};
export type EstimateInput = Pick<StartEvaluationInput, "datasetVersionId" | "candidates" | "repeats">;

/** Which prompt versions on which model versions, on what items, judged how. */
export function StartForm(props: StartFormProps) {
  const { datasets, prompts, models, initial } = props;
  const [ownName, setOwnName] = useState<string | null>(null);
  const [datasetVersionId, setDatasetVersionId] = useState(initial.datasetVersionId);
  const [promptIds, setPromptIds] = useState<ReadonlySet<string>>(new Set(initial.promptVersionIds));
  const [modelIds, setModelIds] = useState<ReadonlySet<string>>(new Set(initial.modelVersionIds));
  const [baseline, setBaseline] = useState<string | null>(null);
  const [evaluators, setEvaluators] = useState<EvaluatorConfig[]>(() => [newEvaluator("exact_match", [])]);
  const [repeats, setRepeats] = useState("1");
  const [concurrency, setConcurrency] = useState("8");
  const form = useSubmit(props.onStart, props.onDone);

  const candidates = combine(prompts, models, promptIds, modelIds);
  const baselineKey = candidates.some((each) => each.key === baseline)
    ? baseline
    : (candidates[0]?.key ?? null);
  const dataset = datasets.find((each) => each.versionId === datasetVersionId);
  const name = ownName ?? suggestName(candidates, dataset);
  const input: StartEvaluationInput = {
    name,
    datasetVersionId: datasetVersionId ?? "",
    candidates: candidates.map(({ key, promptVersionId, modelVersionId }) => ({
      promptVersionId,
      modelVersionId,
      isBaseline: key === baselineKey,
    })),
    evaluators,
    repeats: Number(repeats),
    concurrency: Number(concurrency),
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit(input);
      }}
    >
      <FormError>{form.error}</FormError>
      <Section title="Candidates" description="Every chosen prompt version on every chosen model version.">
        <div className="grid gap-x-8 gap-y-4 md:grid-cols-2">
          <CheckList
            label="Prompt versions"
            groups={prompts.map((prompt) => ({
              label: prompt.name,
              items: prompt.versions.map((version) => ({
                id: version.id,
                label: (
                  <>
                    {prompt.name} v{version.number}{" "}
                    {version.labels.map((label) => (
                      <Badge key={label} tone="outline">
                        {label}
                      </Badge>
                    ))}
                  </>
                ),
                description: version.message,
              })),
            }))}
            chosen={promptIds}
            onToggle={(id, isChosen) => setPromptIds(toggled(promptIds, id, isChosen))}
            empty="There are no prompts yet. Write one first."
            error={form.issueOf("candidates")}
          />
          <CheckList
            label="Model versions"
            groups={groupModels(models)}
            chosen={modelIds}
            onToggle={(id, isChosen) => setModelIds(toggled(modelIds, id, isChosen))}
            empty="There are no models yet. Register one under Models."
          />
        </div>
        {candidates.length > 0 && (
          <div className="mt-4 grid gap-x-8 gap-y-3 md:grid-cols-2">
            <ol className="flex flex-col gap-1 text-sm" aria-label="Candidates">
              {candidates.map((candidate, index) => (
                <li key={candidate.key}>
                  <VariantMark index={index} name={candidate.label} />
                </li>
              ))}
            </ol>
            <Field
              label="Baseline"
              description="The candidate that the others are compared to, item by item."
            >
              <Select
                value={baselineKey}
                onValueChange={setBaseline}
                options={candidates.map(({ key, label }) => ({ value: key, label }))}
              />
            </Field>
          </div>
        )}
      </Section>
      <Section title="Items">
        <div className="grid gap-4 sm:grid-cols-[minmax(0,2fr)_1fr_1fr]">
          <Field label="Dataset version" error={form.issueOf("datasetVersionId")}>
            <Select
              value={datasetVersionId}
              onValueChange={setDatasetVersionId}
              placeholder="Choose a dataset version…"
              options={datasets.map(({ versionId, label, itemCount }) => ({
                value: versionId,
                label,
                hint: countOf(itemCount, "item"),
              }))}
            />
          </Field>
          <Field label="Repeats" description="Answers per item." error={form.issueOf("repeats")}>
            <Input type="number" min={1} max={100} value={repeats} onValueChange={setRepeats} />
          </Field>
          <Field label="Concurrency" description="Calls at a time." error={form.issueOf("concurrency")}>
            <Input type="number" min={1} max={64} value={concurrency} onValueChange={setConcurrency} />
          </Field>
        </div>
      </Section>
      <Section title="Evaluators" description="Latency and cost are always measured.">
        <EvaluatorsEditor
          evaluators={evaluators}
          models={models}
          onChange={setEvaluators}
          issueOf={form.issueOf}
        />
      </Section>
      <Section title="Start">
        <div className="flex max-w-2xl flex-col gap-4">
          <Field label="Name" name="name" error={form.issueOf("name")}>
            <Input value={name} onValueChange={setOwnName} required />
          </Field>
          <EstimateLine
            input={candidates.length > 0 && datasetVersionId ? input : null}
            onEstimate={props.onEstimate}
          />
          <div>
            <Button
              type="submit"
              variant="primary"
              isPending={form.isPending}
              disabled={candidates.length === 0 || !dataset}
            >
              {dataset && candidates.length > 0
                ? `Start ${countOf(dataset.itemCount * candidates.length * (Number(repeats) || 1), "call")}`
                : "Start evaluation"}
            </Button>
          </div>
        </div>
      </Section>
    </form>
  );
}

type CandidateChoice = { key: string; label: string; promptVersionId: string; modelVersionId: string };

function combine(
  prompts: readonly PromptChoice[],
  models: readonly ModelChoice[],
  promptIds: ReadonlySet<string>,
  modelIds: ReadonlySet<string>,
): CandidateChoice[] {
  const versions = prompts.flatMap((prompt) =>
    prompt.versions
      .filter((version) => promptIds.has(version.id))
      .toSorted((a, b) => a.number - b.number)
      .map((version) => ({ id: version.id, label: `${prompt.name} v${version.number}` })),
  );
  return versions.flatMap((version) =>
    models
      .filter((model) => modelIds.has(model.id))
      .map((model) => ({
        key: `${version.id}/${model.id}`,
        label: `${version.label} on ${model.label}`,
        promptVersionId: version.id,
        modelVersionId: model.id,
      })),
  );
}

function suggestName(candidates: readonly CandidateChoice[], dataset: DatasetChoice | undefined): string {
  const first = candidates[0]?.label.split(" on ")[0]?.replace(/ v\d+$/, "");
  return first && dataset ? `${first} on ${dataset.label}` : "";
}

function groupModels(models: readonly ModelChoice[]) {
  const item = (model: ModelChoice) => ({
    id: model.id,
    label: (
      <>
        {model.label} {model.isSimulated && <Badge tone="simulated">Simulated</Badge>}
      </>
    ),
    description: model.hint,
  });
  const groups = Map.groupBy(models, (model) => model.label.replace(/ v\d+$/, ""));
  return [...groups].map(([label, members]) => ({ label, items: members.map(item) }));
}

function toggled(chosen: ReadonlySet<string>, id: string, isChosen: boolean): ReadonlySet<string> {
  const next = new Set(chosen);
  if (isChosen) next.add(id);
  else next.delete(id);
  return next;
}
