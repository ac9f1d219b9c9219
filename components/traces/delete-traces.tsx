"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { countOf } from "#components/ui/format.ts";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/http/action.ts";
import type { DeletionOutcome } from "#lib/traces/start-deletion.ts";

type TraceCount = { traces: number; spans: number };

type DeleteTracesProps = {
  /** What the button says: "Delete", "Delete user's traces". */
  label: string;
  /** Whose they are: " of user u-17". */
  whose?: string;
  /** What would be deleted, exactly; asked when the dialog opens. */
  onCount: () => Promise<ActionResult<TraceCount>>;
  onDelete: () => Promise<ActionResult<DeletionOutcome>>;
  /** They are gone, or many and being deleted in the background. */
  onDeleted: (outcome: DeletionOutcome) => void;
};

/** Asks with the exact consequence, then deletes whole traces. */
export function DeleteTraces({ label, whose = "", onCount, onDelete, onDeleted }: DeleteTracesProps) {
  const [count, setCount] = useState<TraceCount | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function find() {
    setCount(null);
    setProblem(null);
    const result = await onCount().catch(() => null);
    if (result?.ok) setCount(result.data);
    else setProblem(result?.error.message ?? "The server could not be reached. Close this and try again.");
  }

  const traces = count === null ? "these traces" : countOf(count.traces, "trace");
  return (
    <ConfirmDialog
      title={`Delete ${traces}${whose}?`}
      consequence={
        problem !== null ? (
          <span className="text-harm">{problem}</span>
        ) : count === null ? (
          "Counting what would be deleted …"
        ) : (
          <>
            Deletes {traces}
            {whose} ({countOf(count.spans, "span")}) with everything that was sent, and their scores. A/B
            reports no longer count them. Items of datasets that were made of them stay. This cannot be
            undone.
          </>
        )
      }
      confirmLabel={count === null ? "Delete" : `Delete ${traces}`}
      isWaiting={count === null}
      onOpenChange={(isOpen) => isOpen && void find()}
      trigger={
        <Button size="sm" variant="danger">
          <Trash2 aria-hidden="true" /> {label}
        </Button>
      }
      onConfirm={async () => {
        const result = await onDelete();
        if (!result.ok) return result.error.message;
        showToast(
          "deleted" in result.data
            ? `Deleted ${countOf(result.data.deleted, "trace")}`
            : `Deleting ${countOf(result.data.deletion.total, "trace")} in the background`,
        );
        onDeleted(result.data);
        return null;
      }}
    />
  );
}
