"use client";

import { memo } from "react";
import type { ModelVersion } from "#lib/models/schema.ts";
import type { PlaygroundSetup, ToolAnswer } from "#lib/playground/schema.ts";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { Textarea } from "../ui/textarea.tsx";

type ToolAnswersProps = {
  names: readonly string[];
  toolAnswers: PlaygroundSetup["toolAnswers"];
  simulatorId: string | null;
  models: readonly ModelVersion[];
  onChange: (part: Partial<PlaygroundSetup>) => void;
};

/** Who answers when a model calls a tool. The tools are not run: this page has none. */
export const ToolAnswers = memo(function ToolAnswers(props: ToolAnswersProps) {
  const { names, toolAnswers, simulatorId, models, onChange } = props;
  if (names.length === 0) return null;
  const hasModel = names.some((name) => toolAnswers[name]?.by === "model");
  const set = (name: string, answer: ToolAnswer) =>
    onChange({ toolAnswers: { ...toolAnswers, [name]: answer } });
  return (
    <section aria-label="Tool answers" className="flex flex-col gap-3">
      <p className="text-sm text-muted">When a model calls a tool, its answer comes</p>
      <ul className="flex flex-col gap-3">
        {names.map((name) => {
          const answer = toolAnswers[name] ?? { by: "hand" };
          return (
            <li key={name} className="flex flex-wrap items-start gap-x-3 gap-y-2">
              <code className="min-w-24 text-sm leading-8">{name}</code>
              <Select
                aria-label={`Who answers ${name}`}
                className="max-w-52"
                options={answerers}
                value={answer.by}
                onValueChange={(by) => set(name, by === "fixture" ? { by, answer: "" } : { by })}
              />
              {answer.by === "fixture" && (
                <div className="min-w-56 flex-1">
                  <Field label={`Saved answer of ${name}`} isLabelHidden>
                    <Textarea
                      isCode
                      rows={1}
                      style={{ maxHeight: "12rem" }}
                      placeholder='{"temperature": 18}'
                      value={answer.answer}
                      onChange={(event) => set(name, { by: "fixture", answer: event.target.value })}
                    />
                  </Field>
                </div>
              )}
            </li>
          );
        })}
      </ul>
      {hasModel && (
        <Field label="The model that plays tools" className="max-w-72">
          <Select
            options={[
              { value: "own", label: "Each column's own" },
              ...models.map((each) => ({ value: each.id, label: `${each.model.name} v${each.number}` })),
            ]}
            value={simulatorId ?? "own"}
            onValueChange={(id) => onChange({ simulatorId: id === "own" ? null : id })}
          />
        </Field>
      )}
    </section>
  );
});

const answerers = [
  { value: "hand", label: "By hand", hint: "The column waits for you" },
  { value: "fixture", label: "A saved answer", hint: "The same every time" },
  { value: "model", label: "From a model", hint: "It plays the tool, made up" },
] as const;
