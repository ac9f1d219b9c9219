"use client";

import { Undo2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/http/action.ts";

type RollBackButtonProps = {
  abTestKey: string;
  winnerKey: string;
  controlKey: string;
  /** What was replaced, in words: "production of greeting: version 2 → 1". */
  replaced: readonly string[];
  onRollBack: (input: {
    key: string;
    reason: string;
  }) => Promise<ActionResult<{ restored: string[]; left: string[] }>>;
};

/** Puts everything back as it was before the promotion, after saying what that is. */
export function RollBackButton({
  abTestKey,
  winnerKey,
  controlKey,
  replaced,
  onRollBack,
}: RollBackButtonProps) {
  const router = useRouter();
  return (
    <ConfirmDialog
      title={`Roll the promotion of ${winnerKey} back?`}
      consequence={
        <>
          <ul className="list-disc pl-5">
            {replaced.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
          <p className="mt-2">
            What somebody has moved since is left. The test is stopped afterwards: whoever asks for it gets{" "}
            {controlKey}.
          </p>
        </>
      }
      confirmLabel="Roll back"
      trigger={
        <Button>
          <Undo2 aria-hidden="true" />
          Roll back
        </Button>
      }
      onConfirm={async () => {
        const result = await onRollBack({ key: abTestKey, reason: "" });
        if (!result.ok) return result.error.message;
        const { restored, left } = result.data;
        showToast([...restored, ...left].join("; ") || "Nothing had moved");
        router.refresh();
        return null;
      }}
    />
  );
}
