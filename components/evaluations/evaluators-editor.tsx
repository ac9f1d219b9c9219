"use client";

import { Plus, Trash2 } from "lucide-react";
import type { EvaluatorConfig } from "#lib/evaluations/evaluators/config.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { EvaluatorFields } from "./evaluator-fields.tsx";
import { evaluatorTypes, newEvaluator } from "./new-evaluator.ts";
import type { ModelChoice } from "./start-choices.ts";

type EvaluatorsEditorProps = {
  evaluators: readonly EvaluatorConfig[];
  models: readonly ModelChoice[];
  onChange: (evaluators: EvaluatorConfig[]) => void;
  issueOf: (path: string) => string | null;
};

/** The evaluators of an evaluation that is about to start. Latency and cost are measured without one. */
export function EvaluatorsEditor({ evaluators, models, onChange, issueOf }: EvaluatorsEditorProps) {
  const names = evaluators.map((config) => config.name);
  const replace = (index: number, config: EvaluatorConfig) => onChange(evaluators.with(index, config));
  return (
    <div className="flex flex-col">
      {evaluators.map((config, index) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: evaluators have no identity but their place
          key={index}
          aria-label={`Evaluator ${config.name}`}
          className="grid gap-x-6 gap-y-3 border-t border-border py-3 sm:grid-cols-[13rem_1fr]"
        >
          <div className="flex items-end gap-1 self-start">
            <Field
              className="flex-1"
              label={evaluatorTypes.find((each) => each.type === config.type)!.label}
              error={issueOf(`evaluators.${index}.name`)}
            >
              <Input value={config.name} onValueChange={(name) => replace(index, { ...config, name })} />
            </Field>
            <Button
              variant="quiet"
              size="icon"
              aria-label={`Remove ${config.name}`}
              onClick={() => onChange(evaluators.filter((_, other) => other !== index))}
            >
              <Trash2 aria-hidden="true" />
            </Button>
          </div>
          <div className="flex min-w-0 flex-col justify-center gap-2.5">
            <EvaluatorFields
              config={config}
              models={models}
              onChange={(next) => replace(index, next)}
              issueOf={(path) => issueOf(`evaluators.${index}.${path}`)}
            />
          </div>
        </fieldset>
      ))}
      <div className="border-t border-border pt-3">
        <Menu
          trigger={
            <Button>
              <Plus aria-hidden="true" />
              Add evaluator
            </Button>
          }
          align="start"
        >
          {evaluatorTypes.map(({ type, label, hint }) => (
            <MenuItem key={type} onSelect={() => onChange([...evaluators, newEvaluator(type, names)])}>
              <span>
                {label}
                <span className="block text-xs text-muted">{hint}</span>
              </span>
            </MenuItem>
          ))}
        </Menu>
      </div>
    </div>
  );
}
