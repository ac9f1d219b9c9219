"use client";

import { AlertDialog } from "@base-ui/react/alert-dialog";
import { type ReactElement, type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";
import { FormError } from "./form-error.tsx";
import { Input } from "./input.tsx";

type ConfirmDialogProps = {
  title: string;
  /** The exact consequence: "Deletes 1,204 traces of user u-17. This cannot be undone." */
  consequence: ReactNode;
  /** The verb on the button: "Delete 1,204 traces". */
  confirmLabel: string;
  /** When given, the act waits until this text has been typed. */
  typeToConfirm?: string;
  /** While the consequence is still being found out. */
  isWaiting?: boolean;
  trigger?: ReactElement;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  /** Resolves to null when done (the dialog closes) or to the error that keeps it open. */
  onConfirm: () => Promise<string | null>;
};

/** Asks before an act that cannot be undone. A press outside does not answer it. */
export function ConfirmDialog({
  title,
  consequence,
  confirmLabel,
  typeToConfirm,
  isWaiting = false,
  trigger,
  isOpen,
  onOpenChange,
  onConfirm,
}: ConfirmDialogProps) {
  const [ownOpen, setOwnOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  const open = isOpen ?? ownOpen;

  function changeOpen(next: boolean) {
    setOwnOpen(next);
    setTyped("");
    setError(null);
    onOpenChange?.(next);
  }

  async function confirm() {
    setPending(true);
    const problem = await onConfirm();
    setPending(false);
    if (problem === null) changeOpen(false);
    else setError(problem);
  }

  return (
    <AlertDialog.Root open={open} onOpenChange={changeOpen}>
      {trigger && <AlertDialog.Trigger render={trigger} />}
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 min-h-dvh bg-shade transition-opacity duration-140 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <AlertDialog.Popup className="fixed top-[18dvh] left-1/2 z-50 flex w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 flex-col gap-3 rounded-lg border border-border bg-surface p-5 shadow-lift outline-hidden transition-opacity duration-140 data-ending-style:opacity-0 data-starting-style:opacity-0">
          <AlertDialog.Title className="text-base font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />} className="text-sm text-muted">
            {consequence}
          </AlertDialog.Description>
          {typeToConfirm && (
            <Field
              label={
                <>
                  Type <code className="font-semibold">{typeToConfirm}</code> to confirm
                </>
              }
            >
              <Input isCode value={typed} onValueChange={setTyped} autoComplete="off" />
            </Field>
          )}
          <FormError>{error}</FormError>
          <div className="mt-1 flex flex-wrap justify-end gap-2">
            <AlertDialog.Close render={<Button />}>Cancel</AlertDialog.Close>
            <Button
              variant="danger"
              isPending={isPending}
              disabled={isWaiting || (typeToConfirm !== undefined && typed !== typeToConfirm)}
              onClick={confirm}
            >
              {confirmLabel}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
