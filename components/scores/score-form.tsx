"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { ScoreDefinition } from "#lib/scores/schema.ts";
import { takes } from "./definition-table.tsx";
import { readValue } from "./read-value.ts";

export type GivenScore<Target extends string> = {
  target: Target;
  name: string;
  value: number | boolean | string;
  comment?: string;
};

type ScoreFormProps<Target extends string> = {
  /** What can be scored here: the first unless another is chosen. */
  targets: readonly { value: Target; label: string }[];
  /** Names in use, as suggestions. */
  names: readonly string[];
  definitions: readonly ScoreDefinition[];
  onSave: (score: GivenScore<Target>) => Promise<ActionResult<unknown>>;
};

/** A named value, as its definition wants it, or only a comment. */
export function ScoreForm<Target extends string>(props: ScoreFormProps<Target>) {
  const { targets, definitions, onSave } = props;
  const [target, setTarget] = useState(targets[0]!.value);
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [comment, setComment] = useState("");
  const { submit, isPending, error, issueOf } = useSubmit(onSave, () => {
    setName("");
    setValue("");
    setComment("");
    showToast("Score saved");
  });
  const inForce = definitions.filter((each) => !each.isArchived);
  const definition = inForce.find((each) => each.name === name.trim());
  const names = [...new Set([...inForce.map((each) => each.name), ...props.names])];
  const isNamed = name.trim() !== "" && value.trim() !== "";
  const said = comment.trim() === "" ? {} : { comment: comment.trim() };

  return (
    <form
      aria-label="Give a score"
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isNamed) {
          const given = definition?.type === "categorical" ? value : readValue(value);
          void submit({ target, name: name.trim(), value: given, ...said });
        } else if (said.comment) void submit({ target, name: "comment", value: "comment", ...said });
      }}
    >
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        <Field label="Score" error={issueOf("name")}>
          <Input
            value={name}
            onValueChange={(next) => {
              setName(next);
              setValue("");
            }}
            list="score-names"
            placeholder="helpful"
            autoComplete="off"
          />
        </Field>
        <datalist id="score-names">
          {names.map((known) => (
            <option key={known} value={known} />
          ))}
        </datalist>
        <Field
          label="Value"
          error={issueOf("value")}
          description={definition ? takes(definition) : undefined}
        >
          {definition && definition.type !== "numeric" ? (
            <Select
              options={
                definition.type === "boolean"
                  ? [
                      { value: "yes", label: "Yes" },
                      { value: "no", label: "No" },
                    ]
                  : definition.categories.map((category) => ({ value: category, label: category }))
              }
              value={value || null}
              onValueChange={setValue}
            />
          ) : (
            <Input
              value={value}
              onValueChange={setValue}
              placeholder={definition ? "0.8" : "0.8, yes, warm"}
              autoComplete="off"
            />
          )}
        </Field>
        {targets.length > 1 && (
          <Field label="About">
            <Select options={targets} value={target} onValueChange={setTarget} />
          </Field>
        )}
      </div>
      <Field label="Comment" isOptional>
        <Textarea rows={2} value={comment} onChange={(event) => setComment(event.target.value)} />
      </Field>
      <FormError>{error}</FormError>
      <Button
        type="submit"
        isPending={isPending}
        disabled={!isNamed && said.comment === undefined}
        className="self-start"
      >
        {isNamed || said.comment === undefined ? "Save score" : "Save comment"}
      </Button>
    </form>
  );
}
