"use client";

import { Undo2 } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import type { Json } from "#lib/core/json.ts";
import type { Evidence } from "#lib/evaluations/gather-evidence.ts";
import type { LabelPointer } from "#lib/prompts/schema.ts";
import type { Promotion } from "#lib/registry/schema.ts";
import { Button } from "../ui/button.tsx";
import { countOf } from "../ui/format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { EvidencePanel } from "./evidence-panel.tsx";
import { LabelBadge } from "./label-badge.tsx";
import type { PromptActions } from "./prompt-actions.ts";
import { promptHref } from "./prompt-href.ts";

type LabelHistoryProps = {
  slug: string;
  promptName: string;
  labels: readonly LabelPointer[];
  promotions: readonly Promotion[];
  lockedLabels: Readonly<Record<string, string>>;
  canWrite: boolean;
  actions: PromptActions;
};

/** Where the labels point and every move that brought them there; the last move of each can be rolled back. */
export const LabelHistory = memo(function LabelHistory({
  slug,
  promptName,
  promotions,
  lockedLabels,
  canWrite,
  actions,
}: LabelHistoryProps) {
  const lastOf = new Map(promotions.toReversed().map((each) => [each.target, each.id]));

  async function rollBack(move: Promotion) {
    const result = await actions.rollBackLabel({ promptName, label: move.target });
    if (!result.ok) return showError(result.error.message);
    const { label, toVersion } = result.data;
    showToast(`${label} is back at version ${toVersion}`, {
      action: { label: "Undo", onClick: () => void actions.rollBackLabel({ promptName, label }) },
    });
  }

  if (promotions.length === 0) {
    return (
      <p className="text-sm text-muted">
        No label has been set. Promote a version to say which one is served: fetching by{" "}
        <code>production</code> answers 404 until then.
      </p>
    );
  }
  return (
    <ol aria-label="Moves of labels, the newest first" className="flex flex-col divide-y divide-border">
      {promotions.map((move) => (
        <li key={move.id} className="flex flex-col gap-1 py-2.5 first:pt-0">
          <div className="flex items-center gap-2">
            <LabelBadge name={move.target} isProtected={move.target in lockedLabels} />
            <Move slug={slug} promptName={promptName} move={move} />
            <span className="flex-1" />
            {canWrite &&
              lastOf.get(move.target) === move.id &&
              move.fromNumber !== null &&
              !(move.target in lockedLabels) && (
                <Button size="sm" onClick={() => rollBack(move)}>
                  <Undo2 aria-hidden="true" />
                  Roll back to {move.fromNumber}
                </Button>
              )}
          </div>
          <p className="text-sm break-words">{move.reason}</p>
          <KeptEvidence slug={slug} evidence={move.evidence} />
          <p className="text-xs text-muted">
            {move.actorName} · <RelativeTime value={move.at} />
          </p>
        </li>
      ))}
    </ol>
  );
});

/** What was known when the label was moved, as it was kept with the move. */
function KeptEvidence({ slug, evidence }: { slug: string; evidence: Json | null }) {
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return null;
  if (!("evaluations" in evidence)) {
    const verdict = evidence.verdict as { sentence?: string } | undefined;
    return verdict?.sentence ? <p className="text-sm text-muted">{verdict.sentence}</p> : null;
  }
  // Written by `gatherEvidence` only.
  const kept = evidence as unknown as Evidence;
  const counts = [
    kept.evaluations.length > 0 && countOf(kept.evaluations.length, "evaluation"),
    kept.abTests.length > 0 && countOf(kept.abTests.length, "A/B test"),
  ].filter(Boolean);
  return (
    <details className="text-sm">
      <summary className="cursor-default text-muted hover:text-text">
        Rested on {counts.join(" and ")}
      </summary>
      <div className="pt-2">
        <EvidencePanel slug={slug} evidence={kept} />
      </div>
    </details>
  );
}

function Move({ slug, promptName, move }: { slug: string; promptName: string; move: Promotion }) {
  const { fromNumber, toNumber } = move;
  const shown = (number: number | null) => (number === null ? "none" : `v${number}`);
  const text = `${shown(fromNumber)} → ${shown(toNumber)}`;
  if (fromNumber === null || toNumber === null) return <span className="tabular-nums">{text}</span>;
  const range = `compare=${Math.min(fromNumber, toNumber)}..${Math.max(fromNumber, toNumber)}`;
  return (
    <Link
      href={promptHref(slug, promptName, range)}
      prefetch={false}
      className="link tabular-nums"
      title="Compare the two"
    >
      {text}
    </Link>
  );
}
