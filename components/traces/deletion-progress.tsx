"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useState } from "react";
import { countOf } from "#components/ui/format.ts";
import { Progress } from "#components/ui/progress.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/http/action.ts";
import type { TraceDeletion } from "#lib/traces/start-deletion.ts";

type DeletionProgressProps = {
  /** Those that run, and those that failed lately. */
  deletions: readonly TraceDeletion[];
  read: () => Promise<ActionResult<TraceDeletion[]>>;
};

/** How far deletions in the background are; when one is done it says so and the page is read again. */
export function DeletionProgress({ deletions, read }: DeletionProgressProps) {
  const router = useRouter();
  const [now, setNow] = useState(deletions);
  const isRunning = now.some((each) => each.status === "running");

  useEffect(() => setNow(deletions), [deletions]);

  const look = useEffectEvent(async () => {
    const result = await read().catch(() => null);
    if (!result?.ok) return;
    const open = new Set(result.data.map((each) => each.id));
    const done = now.filter((each) => each.status === "running" && !open.has(each.id));
    for (const each of done) showToast(`Deleted ${countOf(each.total, "trace")}`);
    setNow(result.data);
    if (done.length > 0) router.refresh();
  });

  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => document.hidden || void look(), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);

  if (now.length === 0) return null;
  return (
    <section aria-label="Deletions" aria-live="polite" className="flex flex-col gap-2">
      {now.map((each) =>
        each.status === "running" ? (
          <Progress
            key={each.id}
            label={`${each.actorName} deletes the traces of a ${each.kind}`}
            done={Math.min(each.deleted, each.total)}
            total={each.total}
          />
        ) : (
          <p key={each.id} className="text-sm text-harm">
            A deletion stopped after {countOf(each.deleted, "trace")} of {each.total.toLocaleString("en")}:{" "}
            {each.error} Start it again; it goes on with what is left.
          </p>
        ),
      )}
    </section>
  );
}
