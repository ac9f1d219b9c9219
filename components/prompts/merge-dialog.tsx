"use client";

import { useEffect, useId, useMemo, useState } from "react";
import { diffContent } from "#lib/prompts/diff.ts";
import { type MergeChoice, type MergeConflict, mergeContent } from "#lib/prompts/merge.ts";
import type { PromptContent, PromptVersion } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf } from "../ui/format.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { DiffView } from "./diff-view.tsx";
import type { PromptActions } from "./prompt-actions.ts";

type MergeDialogProps = {
  promptName: string;
  base: { number: number; content: PromptContent };
  mine: PromptContent;
  latestNumber: number;
  modelNames: Readonly<Record<string, string>>;
  onFind: PromptActions["find"];
  onMerge: (merged: PromptContent, theirs: { number: number; content: PromptContent }) => void;
  onClose: () => void;
};

/** Brings someone else's version and this draft together; what both changed is asked, everything else is taken. */
export function MergeDialog(props: MergeDialogProps) {
  const { promptName, base, mine, latestNumber, modelNames, onFind, onMerge, onClose } = props;
  const [theirs, setTheirs] = useState<PromptVersion | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [choices, setChoices] = useState<Record<string, MergeChoice>>({});

  useEffect(() => {
    let isGone = false;
    void onFind({ name: promptName, number: latestNumber }).then((result) => {
      if (isGone) return;
      if (result.ok) setTheirs(result.data);
      else setFault(result.error.message);
    });
    return () => {
      isGone = true;
    };
  }, [onFind, promptName, latestNumber]);

  const merged = useMemo(
    () => theirs && mergeContent(base.content, mine, theirs.content, choices),
    [base.content, mine, theirs, choices],
  );
  const difference = useMemo(
    () => merged && theirs && diffContent(theirs.content, merged.content),
    [merged, theirs],
  );
  const open = merged?.conflicts.filter((conflict) => !(conflict.id in choices)).length ?? 0;

  return (
    <Dialog
      title={`Merge version ${latestNumber} into your draft`}
      description={
        theirs
          ? `${theirs.authorName} saved it${theirs.message ? `: “${theirs.message}”` : ""}. Your draft was written from version ${base.number}.`
          : undefined
      }
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      width="lg"
      footer={
        <>
          <DialogClose />
          <Button
            variant="primary"
            disabled={!merged || open > 0}
            onClick={() => merged && theirs && onMerge(merged.content, theirs)}
          >
            Use the merge
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 pb-2">
        <FormError>{fault}</FormError>
        {!merged && !fault && <Skeleton className="h-32" />}
        {merged && (
          <p role="status" className={open > 0 ? "text-sm text-unresolved" : "text-sm text-muted"}>
            {merged.conflicts.length === 0
              ? "You changed different things: both are kept."
              : open > 0
                ? `${countOf(open, "place")} that you both changed: say what holds.`
                : "Everything is decided."}
          </p>
        )}
        {merged?.conflicts.map((conflict) => (
          <Conflict
            key={conflict.id}
            conflict={conflict}
            isDecided={conflict.id in choices}
            theirNumber={latestNumber}
            onChoose={(choice) => setChoices((before) => ({ ...before, [conflict.id]: choice }))}
          />
        ))}
        {difference && (
          <div>
            <h3 className="mb-2 text-sm font-medium">What your draft changes in version {latestNumber}</h3>
            <DiffView diff={difference} mode="inline" modelNames={modelNames} />
          </div>
        )}
      </div>
    </Dialog>
  );
}

type ConflictProps = {
  conflict: MergeConflict;
  isDecided: boolean;
  theirNumber: number;
  onChoose: (choice: MergeChoice) => void;
};

function Conflict({ conflict, isDecided, theirNumber, onChoose }: ConflictProps) {
  const id = useId();
  const { title, base, mine, theirs, canBoth, choice } = conflict;
  const options: { value: MergeChoice; label: string; text: string }[] = [
    { value: "mine", label: "Yours", text: mine },
    { value: "theirs", label: `Version ${theirNumber}`, text: theirs },
    ...(canBoth ? [{ value: "both" as const, label: "Both, yours first", text: `${mine}\n${theirs}` }] : []),
  ];
  return (
    <fieldset className="min-w-0 rounded-lg border border-border bg-surface">
      <legend className="sr-only">{title}</legend>
      <div className="flex items-baseline justify-between gap-2 border-b border-border px-3 py-1.5 text-xs font-medium text-muted">
        <span aria-hidden="true">{title}</span>
        {!isDecided && <span className="text-unresolved">undecided</span>}
      </div>
      {base !== "" && (
        <p className="border-b border-border px-3 py-1.5 text-sm text-muted">
          Before: <span className="font-mono break-words whitespace-pre-wrap">{base}</span>
        </p>
      )}
      <div className="divide-y divide-border">
        {options.map((option) => (
          <label
            key={option.value}
            className={classNames(
              "flex cursor-default gap-3 px-3 py-2 has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent",
              isDecided && choice === option.value && "bg-accent-soft",
            )}
          >
            <input
              type="radio"
              name={id}
              className="mt-1 shrink-0 accent-accent"
              checked={isDecided && choice === option.value}
              onChange={() => onChoose(option.value)}
            />
            <span className="min-w-0">
              <span className="block text-sm font-medium">{option.label}</span>
              <span className="block font-mono text-sm break-words whitespace-pre-wrap">
                {option.text || <span className="text-muted">removed</span>}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
