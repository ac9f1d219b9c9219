"use client";

import { useCallback, useEffect, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import type { LabelPointer } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Textarea } from "../ui/textarea.tsx";
import { showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { DiffView } from "./diff-view.tsx";
import { EvidencePanel } from "./evidence-panel.tsx";
import type { PromptActions } from "./prompt-actions.ts";

type MoveLabelDialogProps = {
  slug: string;
  promptName: string;
  /** The version to promote; null while the dialog is closed. */
  toNumber: number | null;
  labels: readonly LabelPointer[];
  /** Labels this person may not move, with who may. */
  lockedLabels: Readonly<Record<string, string>>;
  modelNames: Readonly<Record<string, string>>;
  actions: PromptActions;
  onClose: () => void;
};

const custom = "\u0000custom";

/** Promotes a version: shows exactly what changes against what the label points at now, and asks why. */
export function MoveLabelDialog(props: MoveLabelDialogProps) {
  const { slug, promptName, toNumber, labels, lockedLabels, modelNames, actions, onClose } = props;
  const names = [...new Set(["production", "staging", ...labels.map((label) => label.name)])];
  const [choice, setChoice] = useState("production");
  const [customName, setCustomName] = useState("");
  const [reason, setReason] = useState("");
  const label = choice === custom ? customName : choice;
  const fromNumber = labels.find((each) => each.name === label)?.number ?? null;
  const lock = lockedLabels[label];
  const { submit, isPending, error, issueOf, clear } = useSubmit(actions.moveLabel, (moved) => {
    showToast(`${moved.label} now points at version ${moved.toVersion}`);
    setReason("");
    onClose();
  });

  return (
    <Dialog
      title={`Promote version ${toNumber ?? ""}`}
      description="The label moves at once for everyone who fetches by it. The move and its reason stay in the history."
      isOpen={toNumber !== null}
      onOpenChange={(isOpen) => {
        if (isOpen) return;
        clear();
        onClose();
      }}
      width="lg"
      footer={
        <>
          <DialogClose />
          <Button
            variant="primary"
            isPending={isPending}
            disabled={label === "" || reason.trim() === "" || fromNumber === toNumber || lock !== undefined}
            onClick={() =>
              toNumber !== null &&
              submit({ promptName, label, toVersion: toNumber, reason, expectedFrom: fromNumber })
            }
          >
            {label ? `Move ${label} to version ${toNumber ?? ""}` : "Move label"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 pb-2">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Label" error={lock ? `Protected: only ${lock} may move it.` : issueOf("label")}>
            <Select
              options={[
                ...names.map((name) => ({ value: name, label: name, hint: hintOf(labels, name) })),
                { value: custom, label: "Another label…" },
              ]}
              value={choice}
              onValueChange={setChoice}
            />
          </Field>
          {choice === custom && (
            <Field label="Its name" description="Lower-case letters, digits, dots, hyphens and underscores.">
              <Input isCode value={customName} onValueChange={setCustomName} autoFocus />
            </Field>
          )}
        </div>
        <Field
          label="Reason"
          description="What shows that this version is the one to serve?"
          error={issueOf("reason")}
        >
          <Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <FormError>{error}</FormError>
        {toNumber !== null && (
          <Replaced
            key={`${fromNumber} ${toNumber}`}
            {...{ slug, promptName, label, fromNumber, toNumber, modelNames }}
            onCompare={actions.compare}
            onGather={actions.gatherEvidence}
          />
        )}
      </div>
    </Dialog>
  );
}

type ReplacedProps = {
  slug: string;
  promptName: string;
  label: string;
  fromNumber: number | null;
  toNumber: number;
  modelNames: Readonly<Record<string, string>>;
  onCompare: PromptActions["compare"];
  onGather: PromptActions["gatherEvidence"];
};

function Replaced(props: ReplacedProps) {
  const { slug, promptName, label, fromNumber, toNumber, modelNames, onCompare, onGather } = props;
  const isMove = fromNumber !== null && fromNumber !== toNumber;
  const diff = useAnswer(
    useCallback(
      () => (isMove ? onCompare({ name: promptName, from: fromNumber, to: toNumber }) : null),
      [isMove, onCompare, promptName, fromNumber, toNumber],
    ),
  );
  const evidence = useAnswer(
    useCallback(
      () => onGather({ promptName, from: fromNumber, to: toNumber }),
      [onGather, promptName, fromNumber, toNumber],
    ),
  );

  if (label === "") return null;
  return (
    <>
      <div>
        <h3 className="mb-2 text-sm font-medium">
          {isMove
            ? `What is known of versions ${fromNumber} and ${toNumber}`
            : `What is known of version ${toNumber}`}
        </h3>
        <FormError>{evidence.fault}</FormError>
        {evidence.data ? (
          <EvidencePanel slug={slug} evidence={evidence.data} />
        ) : (
          !evidence.fault && <Skeleton className="h-10" />
        )}
      </div>
      {fromNumber === null ? (
        <p className="text-sm text-muted">The label is new here: nothing is replaced.</p>
      ) : !isMove ? (
        <p className="text-sm text-muted">The label points at version {toNumber} already.</p>
      ) : (
        <div>
          <h3 className="mb-2 text-sm font-medium">
            What changes from version {fromNumber} to {toNumber}
          </h3>
          <FormError>{diff.fault}</FormError>
          {diff.data ? (
            <DiffView diff={diff.data} mode="inline" modelNames={modelNames} />
          ) : (
            !diff.fault && <Skeleton className="h-24" />
          )}
        </div>
      )}
    </>
  );
}

/** What an action answers when it is asked once; null is not to ask. */
function useAnswer<Data>(ask: () => Promise<ActionResult<Data>> | null) {
  const [answer, setAnswer] = useState<{ data: Data | null; fault: string | null }>({
    data: null,
    fault: null,
  });
  useEffect(() => {
    let isGone = false;
    void ask()?.then((result) => {
      if (isGone) return;
      setAnswer(result.ok ? { data: result.data, fault: null } : { data: null, fault: result.error.message });
    });
    return () => {
      isGone = true;
    };
  }, [ask]);
  return answer;
}

function hintOf(labels: readonly LabelPointer[], name: string): string {
  const pointer = labels.find((label) => label.name === name);
  return pointer ? `at version ${pointer.number}` : "not set yet";
}
