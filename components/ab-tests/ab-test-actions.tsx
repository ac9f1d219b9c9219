"use client";

import { Pause, Play, Square } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { showError, showToast } from "#components/ui/toast.tsx";
import type { AbTestStatus } from "#lib/abtests/definition.ts";
import type { Finding } from "#lib/abtests/lint.ts";
import type { ActionResult } from "#lib/http/action.ts";

type Done = Promise<ActionResult<{ status: AbTestStatus }>>;

type AbTestActionsProps = {
  abTestKey: string;
  status: AbTestStatus;
  controlKey: string;
  editHref: string;
  /** Of a draft: what its start would warn of. */
  findings: readonly Finding[];
  onStart: (input: { key: string; acceptsWarnings: boolean }) => Done;
  onPause: (input: { key: string; reason: string }) => Done;
  onStop: (input: { key: string; reason: string }) => Done;
};

/** Start, pause, stop: each says what will happen to the traffic. */
export function AbTestActions(props: AbTestActionsProps) {
  const { abTestKey: key, status, controlKey, editHref, findings, onStart, onPause, onStop } = props;
  const router = useRouter();
  const [isPending, setPending] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const errors = findings.filter((finding) => finding.level === "error");

  async function carryOut(send: () => Done, said: string): Promise<string | null> {
    setPending(true);
    const result = await send();
    setPending(false);
    if (!result.ok) return result.error.message;
    showToast(said);
    router.refresh();
    return null;
  }

  if (status === "stopped" || status === "concluded") return null;
  return (
    <>
      {status === "draft" && <LinkButton href={editHref}>Edit</LinkButton>}
      {status !== "draft" && (
        <ConfirmDialog
          title="Stop the test?"
          consequence={`It ends without a winner and cannot be started again. Everybody gets ${controlKey}; the report stays.`}
          confirmLabel="Stop the test"
          trigger={
            <Button>
              <Square aria-hidden="true" />
              Stop
            </Button>
          }
          onConfirm={() => carryOut(() => onStop({ key, reason: "" }), "The test is stopped")}
        />
      )}
      {status === "running" && (
        <Button
          isPending={isPending}
          onClick={() =>
            void orToast(carryOut(() => onPause({ key, reason: "" }), `Paused: everybody gets ${controlKey}`))
          }
        >
          <Pause aria-hidden="true" />
          Pause
        </Button>
      )}
      {status === "paused" && (
        <Button
          variant="primary"
          isPending={isPending}
          onClick={() => orToast(carryOut(() => onStart({ key, acceptsWarnings: true }), "Running again"))}
        >
          <Play aria-hidden="true" />
          Start again
        </Button>
      )}
      {status === "draft" && (
        <Dialog
          title="Start the test?"
          width="sm"
          isOpen={isStarting}
          onOpenChange={setStarting}
          trigger={
            <Button variant="primary" disabled={errors.length > 0} title={errors[0]?.message}>
              <Play aria-hidden="true" />
              Start test
            </Button>
          }
          footer={
            <>
              <DialogClose />
              <Button
                variant="primary"
                isPending={isPending}
                onClick={async () => {
                  const problem = await carryOut(
                    () => onStart({ key, acceptsWarnings: true }),
                    "The test is running",
                  );
                  setProblem(problem);
                  if (problem === null) setStarting(false);
                }}
              >
                {findings.some((finding) => finding.level === "warning")
                  ? "Start all the same"
                  : "Start the test"}
              </Button>
            </>
          }
        >
          <div className="flex flex-col gap-2 text-sm text-muted">
            <p>
              Units are assigned from now on, and what the metrics are judged against is fixed: the draft
              cannot be changed any more.
            </p>
            {findings.length > 0 && (
              <ul className="list-disc pl-5">
                {findings.map((finding) => (
                  <li
                    key={finding.field + finding.message}
                    className={finding.level === "note" ? undefined : "text-text"}
                  >
                    {finding.level === "note" ? "" : "Warning: "}
                    {finding.message}
                  </li>
                ))}
              </ul>
            )}
            <FormError>{problem}</FormError>
          </div>
        </Dialog>
      )}
    </>
  );
}

async function orToast(problem: Promise<string | null>): Promise<void> {
  const message = await problem;
  if (message !== null) showError(message);
}
