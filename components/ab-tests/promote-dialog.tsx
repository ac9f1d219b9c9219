"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { VariantDescription } from "#lib/abtests/describe-variants.ts";
import type { Policy, PromoteInput } from "#lib/abtests/schema.ts";
import type { Verdict } from "#lib/abtests/verdict.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { ContentDiff } from "#lib/prompts/diff.ts";
import { PromptDiff } from "./prompt-diff.tsx";

type Moved = { promptName: string; label: string; toVersion: number; deployments: string[] };
type Order = PromoteInput & { key: string };

type PromoteDialogProps = {
  abTestKey: string;
  verdict: Verdict;
  variants: readonly VariantDescription[];
  /** Names of the deployments that serve the test. */
  deployments: readonly string[];
  rule: Policy["promotion"];
  onPromote: (input: Order) => Promise<ActionResult<Moved>>;
  onRequest: (input: Order) => Promise<ActionResult<{ id: string }>>;
  onDiff: (input: { before: string; after: string }) => Promise<ActionResult<ContentDiff>>;
};

type Outcome = { kind: "moved"; moved: Moved } | { kind: "asked" };

/**
 * Ends the test with a winner, after saying exactly what is replaced by what. Where a second person has to approve,
 * it asks for that instead.
 */
export function PromoteDialog(props: PromoteDialogProps) {
  const { abTestKey, verdict, variants, deployments, rule, onPromote, onRequest, onDiff } = props;
  const router = useRouter();
  const recommended = verdict.recommendation.variantKey;
  const isAdvised = verdict.recommendation.action === "promote";
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(recommended ?? variants.at(-1)!.key);
  const variant = variants.find((each) => each.key === chosen)!;
  const [label, setLabel] = useState(rule.label);
  const [stage, setStage] = useState<"Production" | "Staging" | "leave">(rule.stage ?? "leave");
  const [reason, setReason] = useState(recommended ? verdict.sentence : "");
  const [against, setAgainst] = useState("");
  const isAgainst = chosen !== recommended;
  const needsApproval = isAgainst || rule.mode === "approval";

  const send = async (order: Order): Promise<ActionResult<Outcome>> => {
    if (needsApproval) {
      const asked = await onRequest(order);
      return asked.ok ? { ok: true, data: { kind: "asked" } } : asked;
    }
    const promoted = await onPromote(order);
    return promoted.ok ? { ok: true, data: { kind: "moved", moved: promoted.data } } : promoted;
  };
  const { submit, isPending, error, issueOf } = useSubmit(send, (outcome) => {
    setOpen(false);
    showToast(
      outcome.kind === "asked"
        ? "Asked for. Another member can approve it here."
        : `${outcome.moved.promptName}: ${outcome.moved.label} is now version ${outcome.moved.toVersion}`,
    );
    router.refresh();
  });

  return (
    <Dialog
      title={needsApproval ? "Request approval to promote" : "Promote a variant and end the test"}
      description={
        needsApproval
          ? "Nothing moves until another member approves it."
          : "Label, model stage and deployments move together. It can be rolled back."
      }
      width="lg"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button variant={isAdvised ? "primary" : "secondary"}>
          {isAdvised
            ? rule.mode === "approval"
              ? `Request approval of ${recommended}`
              : `Promote ${recommended}`
            : "Promote…"}
        </Button>
      }
      footer={
        <>
          <DialogClose />
          <Button type="submit" form="promote" variant="primary" isPending={isPending}>
            {needsApproval ? `Request approval of ${chosen}` : `Promote ${chosen} to ${label || "…"}`}
          </Button>
        </>
      }
    >
      <form
        id="promote"
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void submit({
            key: abTestKey,
            variantKey: chosen as PromoteInput["variantKey"],
            label,
            reason,
            stage: stage === "leave" ? null : stage,
            ...(isAgainst && { againstVerdictReason: against }),
          });
        }}
      >
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="Variant" error={issueOf("variantKey")}>
            <Select
              options={variants.map(({ key, prompt, model }, index) => ({
                value: key,
                label: <VariantMark index={index} name={`${prompt.name} v${prompt.number}`} />,
                hint: `${model.name} v${model.number}${key === recommended ? " · recommended" : ""}`,
              }))}
              value={chosen}
              onValueChange={setChosen}
            />
          </Field>
          <Field label="Label" error={issueOf("label")}>
            <Input isCode value={label} onValueChange={setLabel} />
          </Field>
          <Field label="Stage of its model version">
            <Select
              options={[
                { value: "Production", label: "Production" },
                { value: "Staging", label: "Staging" },
                { value: "leave", label: `Leave it: ${variant.model.stage}` },
              ]}
              value={stage}
              onValueChange={setStage}
            />
          </Field>
        </div>
        <Consequences
          variant={variant}
          label={label}
          stage={stage === "leave" ? null : stage}
          deployments={deployments}
        />
        <ReplacedDiff variant={variant} label={label} onDiff={onDiff} isShown={isOpen} />
        <Field
          label="Why"
          error={issueOf("reason")}
          description="Stays in the history, with the report as evidence."
        >
          <Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {isAgainst && (
          <Field
            label="The verdict does not recommend this. Why all the same?"
            description={verdict.sentence}
            error={issueOf("againstVerdictReason")}
          >
            <Textarea rows={2} value={against} onChange={(event) => setAgainst(event.target.value)} />
          </Field>
        )}
        <FormError>{error ?? issueOf("approval")}</FormError>
      </form>
    </Dialog>
  );
}

type ConsequencesProps = {
  variant: VariantDescription;
  label: string;
  stage: string | null;
  deployments: readonly string[];
};

/** What moves from where to where, in sentences. */
export function Consequences({ variant, label, stage, deployments }: ConsequencesProps) {
  const { prompt, model } = variant;
  const current = prompt.labels.find((each) => each.name === label);
  const many = deployments.length > 1;
  return (
    <ul aria-label="What moves" className="flex flex-col gap-0.5 border-l-2 border-accent pl-3 text-sm">
      <li>
        {current?.number === prompt.number ? (
          <>
            <code>{label}</code> of <strong>{prompt.name}</strong> already points at version {prompt.number}{" "}
            and stays.
          </>
        ) : current ? (
          <>
            <code>{label}</code> of <strong>{prompt.name}</strong> moves from version {current.number} to
            version <strong>{prompt.number}</strong>.
          </>
        ) : (
          <>
            <strong>{prompt.name}</strong> has no label <code>{label}</code> yet: it is made, at version{" "}
            <strong>{prompt.number}</strong>.
          </>
        )}
      </li>
      {stage && (
        <li>
          {model.name} v{model.number}{" "}
          {model.stage === stage
            ? `is in stage ${stage} and stays.`
            : `moves from stage ${model.stage} to ${stage}.`}
        </li>
      )}
      {deployments.length > 0 && (
        <li>
          {deployments.join(", ")} {many ? "stop" : "stops"} serving this test and {many ? "serve" : "serves"}{" "}
          that label on {model.name} v{model.number}.
        </li>
      )}
      <li>The test ends; everybody it is asked for gets {variant.key}.</li>
    </ul>
  );
}

type ReplacedDiffProps = Pick<PromoteDialogProps, "onDiff"> & {
  variant: VariantDescription;
  label: string;
  isShown: boolean;
};

/** What the label's readers will see change. */
function ReplacedDiff({ variant, label, onDiff, isShown }: ReplacedDiffProps) {
  const [known, setKnown] = useState<{ id: string; diff: ContentDiff } | null>(null);
  const { prompt } = variant;
  const current = prompt.labels.find((each) => each.name === label);
  const before = current && current.versionId !== prompt.versionId ? current.versionId : null;
  const id = `${before}/${prompt.versionId}`;

  useEffect(() => {
    if (!before || !isShown) return;
    let isCurrent = true;
    void onDiff({ before, after: prompt.versionId }).then((result) => {
      if (isCurrent && result.ok) setKnown({ id, diff: result.data });
    });
    return () => {
      isCurrent = false;
    };
  }, [before, prompt.versionId, id, onDiff, isShown]);

  if (!before || known?.id !== id) return null;
  return (
    <details open>
      <summary className="mb-2 cursor-default text-sm font-medium select-none">
        What changes for whoever reads <code>{label}</code>
      </summary>
      <div className="max-h-72 overflow-y-auto">
        <PromptDiff
          diff={known.diff}
          labels={{
            before: `${prompt.name} v${current?.number}`,
            after: `${prompt.name} v${prompt.number}`,
          }}
        />
      </div>
    </details>
  );
}
