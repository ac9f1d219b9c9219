"use client";

import { Trash2 } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { countOf } from "#components/ui/format.ts";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/http/action.ts";

type DeleteTracesProps = {
  /** Null where there are more than were counted: all of them are deleted, however many. */
  traceCount: number | null;
  /** Of those traces, where it is known. */
  spanCount?: number;
  /** Whose they are: " of user u-17". */
  whose?: string;
  onDelete: () => Promise<ActionResult<{ deleted: number }>>;
  onDeleted: () => void;
};

/** Asks with the exact consequence, then deletes whole traces. */
export function DeleteTraces({ traceCount, spanCount, whose = "", onDelete, onDeleted }: DeleteTracesProps) {
  const traces = traceCount === null ? "all traces" : countOf(traceCount, "trace");
  return (
    <ConfirmDialog
      title={`Delete ${traces}${whose}?`}
      consequence={
        <>
          Deletes {traces}
          {whose}
          {spanCount === undefined ? "" : ` (${countOf(spanCount, "span")})`} with everything that was sent,
          and their scores. A/B reports no longer count them. This cannot be undone.
        </>
      }
      confirmLabel={`Delete ${traces}`}
      trigger={
        <Button size="sm" variant="danger">
          <Trash2 aria-hidden="true" /> Delete {traceCount === 1 ? "trace" : "traces"}
        </Button>
      }
      onConfirm={async () => {
        const result = await onDelete();
        if (!result.ok) return result.error.message;
        showToast(`Deleted ${countOf(result.data.deleted, "trace")}`);
        onDeleted();
        return null;
      }}
    />
  );
}
