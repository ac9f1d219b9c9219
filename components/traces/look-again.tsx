"use client";

import { RotateCw } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { showError, showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { ActionResult } from "#lib/http/action.ts";

/** Has unresolved names looked up again, which otherwise happens when a prompt changes, and every five minutes. */
export function LookAgain({ onLook }: { onLook: () => Promise<ActionResult<unknown>> }) {
  const { submit, isPending } = useSubmit(
    async () => {
      const result = await onLook();
      if (!result.ok) showError(result.error.message);
      return result;
    },
    () => showToast("Looking again: what resolves now leaves this list in a moment"),
  );
  return (
    <Button isPending={isPending} onClick={() => void submit(undefined)}>
      <RotateCw aria-hidden="true" /> Look again
    </Button>
  );
}
