import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Json } from "#lib/core/json.ts";

export type DecisionRow = {
  id: string;
  at: string;
  kind: string;
  actorName: string;
  note: string;
  evidence: Json | null;
};

/** Everything that was decided, by whom and on what evidence; nothing is ever taken away. */
export function DecisionLog({ decisions }: { decisions: readonly DecisionRow[] }) {
  return (
    <ol className="flex flex-col">
      {decisions.map((decision) => (
        <li key={decision.id} className="border-t border-border py-2 text-sm first:border-t-0">
          <p className="flex flex-wrap gap-x-2">
            <span className="font-medium">{words[decision.kind] ?? decision.kind}</span>{" "}
            <span className="text-muted">
              by {decision.actorName}, <RelativeTime value={decision.at} />
            </span>
          </p>
          {decision.note && <p className="max-w-prose text-pretty">{decision.note}</p>}
          {decision.evidence !== null && (
            <details className="mt-1">
              <summary className="cursor-default text-xs text-muted select-none">Evidence as it was</summary>
              <pre className="mt-1 max-h-96 overflow-auto rounded-md bg-sunken p-3 text-xs">
                {JSON.stringify(decision.evidence, null, 2)}
              </pre>
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}

const words: Record<string, string> = {
  created: "Draft made",
  edited: "Draft edited",
  started: "Started",
  resumed: "Started again",
  paused: "Paused",
  stopped: "Stopped",
  scales_frozen: "Scales fixed",
  verdict_changed: "Verdict changed",
  ramped: "Coverage raised",
  reweighted: "Split changed",
  amended: "Design amended",
  promotion_requested: "Promotion asked for",
  promotion_scheduled: "Promotion scheduled",
  promotion_declined: "Promotion declined",
  promotion_withdrawn: "Promotion withdrawn",
  promotion_canceled: "Promotion canceled",
  promoted: "Winner promoted",
  rolled_back: "Promotion rolled back",
};
