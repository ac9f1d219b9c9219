"use client";

import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { readValue } from "./read-value.ts";
import { thumbsName } from "./score-value.tsx";

export type GivenScore = { name: string; value: number | boolean | string; comment?: string };

type ScoreFormProps = {
  /** What is scored: "this span". */
  about: string;
  /** Names in use, as suggestions. */
  names: readonly string[];
  onSave: (score: GivenScore) => Promise<ActionResult<unknown>>;
};

/** A thumb, a named value, or only a comment. A thumb given again replaces one's earlier one. */
export function ScoreForm({ about, names, onSave }: ScoreFormProps) {
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [comment, setComment] = useState("");
  const { submit, isPending, error, issueOf } = useSubmit(onSave, () => {
    setName("");
    setValue("");
    setComment("");
    showToast("Score saved");
  });
  const isNamed = name.trim() !== "" && value.trim() !== "";
  const said = comment.trim() === "" ? {} : { comment: comment.trim() };

  function saveThumb(isGood: boolean) {
    void submit({ name: thumbsName, value: isGood, ...said });
  }

  return (
    <form
      aria-label={`Score ${about}`}
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isNamed) void submit({ name: name.trim(), value: readValue(value), ...said });
        else if (said.comment) void submit({ name: "comment", value: "comment", ...said });
      }}
    >
      <Field label="Comment" isOptional>
        <Textarea rows={2} value={comment} onChange={(event) => setComment(event.target.value)} />
      </Field>
      <div className="flex flex-wrap items-end gap-2">
        <Button disabled={isPending} onClick={() => saveThumb(true)}>
          <ThumbsUp aria-hidden="true" /> Good
        </Button>
        <Button disabled={isPending} onClick={() => saveThumb(false)}>
          <ThumbsDown aria-hidden="true" /> Bad
        </Button>
        <span className="self-center px-1 text-muted">or</span>
        <div className="w-36">
          <Field label="Score" error={issueOf("name")}>
            <Input
              value={name}
              onValueChange={setName}
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
        </div>
        <div className="w-28">
          <Field label="Value" error={issueOf("value")}>
            <Input value={value} onValueChange={setValue} placeholder="0.8, yes, warm" autoComplete="off" />
          </Field>
        </div>
        <Button type="submit" isPending={isPending} disabled={!isNamed && said.comment === undefined}>
          {isNamed || said.comment === undefined ? "Save score" : "Save comment"}
        </Button>
      </div>
      <FormError>{error}</FormError>
    </form>
  );
}
