"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { AmendInput } from "#lib/abtests/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { policyInput, policyStateOf } from "./form-state.ts";
import { PolicyFields } from "./policy-fields.tsx";

type AmendDialogProps = {
  test: {
    key: string;
    name: string;
    hypothesis: string;
    design: { maximumDays: number };
    policy: NonNullable<AmendInput["policy"]>;
  };
  onAmend: (input: AmendInput & { key: string }) => Promise<ActionResult<{ key: string }>>;
};

/** What may still be changed after the launch, with the reason that the decision log keeps. */
export function AmendDialog({ test, onAmend }: AmendDialogProps) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState(test.name);
  const [hypothesis, setHypothesis] = useState(test.hypothesis);
  const [maximumDays, setMaximumDays] = useState(String(test.design.maximumDays));
  const [policy, setPolicy] = useState(policyStateOf(test.policy));
  const [reason, setReason] = useState("");
  const { submit, isPending, error, issueOf } = useSubmit(onAmend, () => {
    setOpen(false);
    setReason("");
    showToast("Amended");
    router.refresh();
  });
  return (
    <Dialog
      title="Amend the design"
      description="What the numbers are judged by stays as it was at the launch. Each amendment is shown with the design."
      width="lg"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={<Button size="sm">Amend</Button>}
      footer={
        <>
          <DialogClose />
          <Button type="submit" form="amend" variant="primary" isPending={isPending}>
            Save the amendment
          </Button>
        </>
      }
    >
      <form
        id="amend"
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void submit({
            key: test.key,
            name,
            hypothesis,
            maximumDays: Number(maximumDays),
            policy: policyInput(policy),
            reason,
          });
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Name" error={issueOf("name")}>
            <Input value={name} onValueChange={setName} />
          </Field>
          <Field label="Runs at most, days" error={issueOf("maximumDays")}>
            <Input inputMode="decimal" value={maximumDays} onValueChange={setMaximumDays} />
          </Field>
        </div>
        <Field label="Hypothesis" isOptional error={issueOf("hypothesis")}>
          <Textarea rows={2} value={hypothesis} onChange={(event) => setHypothesis(event.target.value)} />
        </Field>
        <PolicyFields policy={policy} onChange={setPolicy} issueOf={issueOf} />
        <Field label="Why" error={issueOf("reason")} description="Stays in the decision log.">
          <Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}
