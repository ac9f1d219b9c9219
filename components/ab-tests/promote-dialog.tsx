"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
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
import type { PromoteInput } from "#lib/abtests/schema.ts";
import type { Verdict } from "#lib/abtests/verdict.ts";
import type { ActionResult } from "#lib/http/action.ts";

type Promoted = { promptName: string; label: string; toVersion: number; deployments: string[] };

type PromoteDialogProps = {
  abTestKey: string;
  verdict: Verdict;
  variants: readonly VariantDescription[];
  /** Names of the deployments that serve the test. */
  deployments: readonly string[];
  onPromote: (input: PromoteInput & { key: string }) => Promise<ActionResult<Promoted>>;
};

/** Ends the test with a winner, after saying exactly which label is taken from which version. */
export function PromoteDialog({ abTestKey, verdict, variants, deployments, onPromote }: PromoteDialogProps) {
  const router = useRouter();
  const recommended = verdict.recommendation.variantKey;
  const isAdvised = verdict.recommendation.action === "promote";
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(recommended ?? variants[0]!.key);
  const variant = variants.find((each) => each.key === chosen)!;
  const [label, setLabel] = useState("production");
  const [reason, setReason] = useState(recommended ? verdict.sentence : "");
  const [against, setAgainst] = useState("");
  const { submit, isPending, error, issueOf } = useSubmit(onPromote, (promoted) => {
    setOpen(false);
    showToast(`${promoted.promptName}: ${promoted.label} is now version ${promoted.toVersion}`);
    router.refresh();
  });
  const isAgainst = chosen !== recommended;
  const current = variant.prompt.labels.find((each) => each.name === label);
  const others = deployments.length > 0;

  return (
    <Dialog
      title="Promote a variant and end the test"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button variant={isAdvised ? "primary" : "secondary"}>
          {isAdvised ? `Promote ${recommended}` : "Promote…"}
        </Button>
      }
      footer={
        <>
          <DialogClose />
          <Button type="submit" form="promote" variant="primary" isPending={isPending}>
            Promote {chosen} to {label || "…"}
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
            ...(isAgainst && { againstVerdictReason: against }),
          });
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2">
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
        </div>
        <div className="border-l-2 border-accent pl-3 text-sm">
          <p>
            {current?.number === variant.prompt.number ? (
              <>
                <code>{label}</code> of <strong>{variant.prompt.name}</strong> already points at version{" "}
                {variant.prompt.number} and stays.
              </>
            ) : current ? (
              <>
                <code>{label}</code> of <strong>{variant.prompt.name}</strong> moves from version{" "}
                {current.number} to version <strong>{variant.prompt.number}</strong>.
              </>
            ) : (
              <>
                <strong>{variant.prompt.name}</strong> has no label <code>{label}</code> yet: it is made, at
                version <strong>{variant.prompt.number}</strong>.
              </>
            )}
          </p>
          {others && (
            <p>
              {deployments.join(", ")} {deployments.length > 1 ? "stop" : "stops"} serving this test and{" "}
              {deployments.length > 1 ? "serve" : "serves"} that label on {variant.model.name} v
              {variant.model.number}.
            </p>
          )}
          <p>The test ends; everybody it is asked for gets {chosen}.</p>
        </div>
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
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}
