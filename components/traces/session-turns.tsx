import Link from "next/link";
import { SimulatedBadge } from "#components/models/simulated-badge.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { formatDuration, formatUsd } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { TraceSummary } from "#lib/traces/schema.ts";
import { Conversation } from "./conversation.tsx";
import { traceHref } from "./span-links.ts";
import type { Turn } from "./turn.ts";

type SessionTurnsProps = {
  slug: string;
  /** In the order in which they began. */
  turns: readonly { trace: TraceSummary; turn: Turn | null }[];
};

/** A session as the conversation that it was, each turn leading to its trace. */
export function SessionTurns({ slug, turns }: SessionTurnsProps) {
  return (
    <ol aria-label="Turns" className="max-w-4xl">
      {turns.map(({ trace, turn }, index) => (
        <li key={trace.traceId} className="border-t border-border pt-2 pb-6">
          <div className="mb-2 flex flex-wrap items-center gap-x-3 text-xs text-muted tabular-nums">
            <Link
              href={traceHref(slug, trace.traceId, turn?.spanId ?? undefined)}
              className="link font-medium"
            >
              {index + 1}. {trace.name}
            </Link>
            <RelativeTime value={trace.startTimeUs / 1000} />
            {trace.durationUs !== null && <span>{formatDuration(trace.durationUs / 1000)}</span>}
            {trace.model && <span>{trace.model}</span>}
            {trace.costUsd !== null && <span>{formatUsd(trace.costUsd)}</span>}
            {trace.status === "error" && <Badge tone="harm">Error</Badge>}
            {trace.provider === "rehearsal" && <SimulatedBadge />}
          </div>
          {turn ? (
            <Conversation label={`Turn ${index + 1}`} messages={turn.messages} format="text" />
          ) : (
            <p className="text-muted">
              {trace.status === "error" ? (trace.errorMessage ?? "It failed.") : "Nothing was said."}
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}
