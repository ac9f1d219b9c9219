"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { showError, showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { PromotionJson } from "#lib/abtests/api-schema.ts";
import type { VariantDescription } from "#lib/abtests/describe-variants.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { Consequences } from "./promote-dialog.tsx";

type Decision = { key: string; promotionId: string; note?: string };

type WaitingPromotionProps = {
  abTestKey: string;
  promotion: PromotionJson;
  variant: VariantDescription;
  deployments: readonly string[];
  /** Of the person who reads this. */
  ownUserId: string;
  canDecide: boolean;
  onApprove: (
    input: Decision,
  ) => Promise<ActionResult<{ promptName: string; label: string; toVersion: number }>>;
  onDecline: (input: Decision) => Promise<ActionResult<{ id: string }>>;
  onWithdraw: (input: { key: string; promotionId: string }) => Promise<ActionResult<{ id: string }>>;
};

/** A promotion that waits for a second person, or for its hour: what it would do, and how to answer it. */
export function WaitingPromotion(props: WaitingPromotionProps) {
  const { abTestKey: key, promotion, variant, deployments, ownUserId, canDecide } = props;
  const router = useRouter();
  const isScheduled = promotion.status === "scheduled";
  const isOwn = promotion.requestedBy.id === ownUserId;
  const input = { key, promotionId: promotion.id };
  const [isPending, setPending] = useState(false);

  async function withdraw() {
    setPending(true);
    const result = await props.onWithdraw(input);
    setPending(false);
    if (!result.ok) return showError(result.error.message);
    showToast("Taken back");
    router.refresh();
  }

  return (
    <section
      aria-label="Promotion that waits"
      className="mb-6 rounded-lg border border-border bg-surface p-4"
    >
      <h2 className="text-base font-semibold">
        {isScheduled && promotion.dueAt ? (
          <>
            {promotion.variantKey} is promoted by itself <RelativeTime value={promotion.dueAt} />
          </>
        ) : (
          `${promotion.requestedBy.name} asks to promote ${promotion.variantKey}`
        )}
      </h2>
      <p className="mb-2 text-xs text-muted">
        {isScheduled ? "unless somebody declines" : "another member must approve it"}, asked{" "}
        <RelativeTime value={promotion.requestedAt} />
      </p>
      <p className="max-w-prose text-sm text-pretty">{promotion.reason}</p>
      {promotion.againstVerdictReason && (
        <p className="mt-1 max-w-prose text-sm text-worse">
          Against the verdict: {promotion.againstVerdictReason}
        </p>
      )}
      <div className="mt-3">
        <Consequences
          variant={variant}
          label={promotion.label}
          stage={promotion.stage}
          deployments={deployments}
        />
      </div>
      {canDecide && (
        <div className="mt-3 flex flex-wrap items-center gap-2" data-print="hide">
          {isOwn ? (
            <>
              <Button isPending={isPending} onClick={withdraw}>
                Withdraw
              </Button>
              <span className="text-xs text-muted">You asked for this: somebody else approves it.</span>
            </>
          ) : (
            <Answer
              title={`Approve the promotion of ${promotion.variantKey}?`}
              verb="Approve and promote"
              trigger={isScheduled ? "Promote now" : "Approve"}
              isPrimary
              said={`${promotion.variantKey} is promoted`}
              onSend={(note) => props.onApprove({ ...input, note })}
            />
          )}
          {!isOwn && (
            <Answer
              title={`Decline the promotion of ${promotion.variantKey}?`}
              verb="Decline"
              trigger="Decline"
              needsNote
              said="Declined"
              onSend={(note) => props.onDecline({ ...input, note })}
            />
          )}
        </div>
      )}
    </section>
  );
}

type AnswerProps = {
  title: string;
  trigger: string;
  verb: string;
  said: string;
  isPrimary?: boolean;
  needsNote?: boolean;
  onSend: (note: string) => Promise<ActionResult<unknown>>;
};

function Answer({ title, trigger, verb, said, isPrimary = false, needsNote = false, onSend }: AnswerProps) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const { submit, isPending, error, issueOf } = useSubmit(onSend, () => {
    setOpen(false);
    showToast(said);
    router.refresh();
  });
  const formId = `answer-${trigger.replace(/\W+/g, "-").toLowerCase()}`;
  return (
    <Dialog
      title={title}
      width="sm"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={<Button variant={isPrimary ? "primary" : "secondary"}>{trigger}</Button>}
      footer={
        <>
          <DialogClose />
          <Button
            type="submit"
            form={formId}
            variant={isPrimary ? "primary" : "danger"}
            isPending={isPending}
          >
            {verb}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-3 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(note);
        }}
      >
        <Field
          label={needsNote ? "Why" : "Note"}
          isOptional={!needsNote}
          error={issueOf("note")}
          description="Stays in the decision log."
        >
          <Textarea rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}
