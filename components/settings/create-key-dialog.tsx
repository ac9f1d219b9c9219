"use client";

import { Plus } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import type { Scope } from "#lib/core/context.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { KeyReveal } from "../auth/key-reveal.tsx";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { applicationScopes, scopeOptions } from "./roles.ts";

export type MadeKey = { publicKey: string; secretKey: string };

type CreateKeyDialogProps = {
  onCreate: (input: { name: string; scopes: Scope[] }) => Promise<ActionResult<MadeKey>>;
};

/** Makes a key with the scopes chosen, then shows its secret once. */
export function CreateKeyDialog({ onCreate }: CreateKeyDialogProps) {
  const formId = useId();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(applicationScopes);
  const [made, setMade] = useState<MadeKey | null>(null);
  const { submit, isPending, error, issueOf, clear } = useSubmit(onCreate, setMade);
  const holdsAll = scopes.includes("admin");

  function changeOpen(next: boolean) {
    setOpen(next);
    if (!next) return;
    setMade(null);
    setName("");
    setScopes(applicationScopes);
    clear();
  }

  function create(event: FormEvent) {
    event.preventDefault();
    void submit({ name, scopes: holdsAll ? ["admin"] : [...scopes] });
  }

  return (
    <Dialog
      title={made ? `Key “${name}”` : "Create an API key"}
      isOpen={isOpen}
      onOpenChange={changeOpen}
      trigger={
        <Button variant="primary">
          <Plus aria-hidden="true" />
          Create key
        </Button>
      }
      footer={
        made ? (
          <DialogClose>I have copied it</DialogClose>
        ) : (
          <>
            <DialogClose />
            <Button type="submit" form={formId} variant="primary" isPending={isPending}>
              Create key
            </Button>
          </>
        )
      }
    >
      {made ? (
        <KeyReveal {...made} />
      ) : (
        <form id={formId} onSubmit={create} className="flex flex-col gap-4">
          <Field
            label="Name"
            name="name"
            error={issueOf("name")}
            description="Where it will be used: “support bot, production”."
          >
            <Input required maxLength={80} autoComplete="off" value={name} onValueChange={setName} />
          </Field>
          <fieldset className="flex flex-col gap-1.5">
            <legend className="mb-1.5 text-sm font-medium">What it may do</legend>
            {scopeOptions.map((scope) => (
              <Checkbox
                key={scope.value}
                label={
                  <>
                    {scope.label} <code className="text-xs text-muted">{scope.value}</code>
                  </>
                }
                isChecked={holdsAll || scopes.includes(scope.value)}
                isDisabled={holdsAll && scope.value !== "admin"}
                onCheckedChange={(isChecked) =>
                  setScopes(
                    isChecked ? [...scopes, scope.value] : scopes.filter((each) => each !== scope.value),
                  )
                }
              />
            ))}
          </fieldset>
          <FormError>{error ?? issueOf("scopes")}</FormError>
        </form>
      )}
    </Dialog>
  );
}
