"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { ChangeTrafficInput } from "#lib/abtests/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";

type TrafficDialogProps = {
  abTestKey: string;
  coverage: number;
  variants: readonly { key: string; weight: number }[];
  onChange: (input: ChangeTrafficInput & { key: string }) => Promise<ActionResult<{ phases: number }>>;
};

/** More units, or another split; says which of the two begins a new phase. */
export function TrafficDialog({ abTestKey, coverage, variants, onChange }: TrafficDialogProps) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [share, setShare] = useState(percent(coverage));
  const [weights, setWeights] = useState(variants.map((variant) => percent(variant.weight)));
  const [reason, setReason] = useState("");
  const { submit, isPending, error, issueOf } = useSubmit(onChange, ({ phases }) => {
    setOpen(false);
    setReason("");
    showToast(isReweighted ? `Phase ${phases} has begun` : "More units take part from now on");
    router.refresh();
  });
  const isReweighted = variants.some((variant, index) => weights[index] !== percent(variant.weight));
  const total = weights.reduce((sum, weight) => sum + number(weight), 0);

  return (
    <Dialog
      title="Change the traffic"
      description="Units that are in stay with their variant, whatever changes."
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={<Button>Change traffic</Button>}
      footer={
        <>
          <DialogClose />
          <Button type="submit" form="traffic" variant="primary" isPending={isPending}>
            {isReweighted ? "Begin a new phase" : "Raise the coverage"}
          </Button>
        </>
      }
    >
      <form
        id="traffic"
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void submit({
            key: abTestKey,
            coverage: number(share) / 100,
            ...(isReweighted && {
              weights: Object.fromEntries(
                variants.map((variant, index) => [variant.key, number(weights[index]!) / 100]),
              ),
            }),
            reason,
          });
        }}
      >
        <Field
          label="Coverage, %"
          error={issueOf("coverage")}
          description={`Of all units that the test is asked for; now ${percent(coverage)}%. It can only be raised.`}
        >
          <Input inputMode="decimal" value={share} onValueChange={setShare} />
        </Field>
        <fieldset>
          <legend className="mb-1 text-sm font-medium">Split, %</legend>
          <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
            {variants.map((variant, index) => (
              <Field key={variant.key} label={<VariantMark index={index} />}>
                <Input
                  inputMode="decimal"
                  value={weights[index]}
                  onValueChange={(value) =>
                    setWeights(weights.map((each, i) => (i === index ? value : each)))
                  }
                />
              </Field>
            ))}
          </div>
          <p className={`mt-1 text-xs ${issueOf("weights") ? "text-harm" : "text-muted"}`}>
            {issueOf("weights") ??
              (Math.abs(total - 100) > 1e-6
                ? `These add up to ${Number(total.toFixed(2))}; they must add up to 100.`
                : isReweighted
                  ? "Another split begins a new phase: its numbers are combined with the old ones, never pooled."
                  : "The same split goes on in the same phase.")}
          </p>
        </fieldset>
        <Field label="Why" error={issueOf("reason")} description="Stays in the decision log.">
          <Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}

function percent(share: number): string {
  return String(Number((100 * share).toPrecision(10)));
}

function number(typed: string): number {
  return typed.trim() === "" ? Number.NaN : Number(typed.replace(",", "."));
}
