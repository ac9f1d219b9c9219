import { formatCount, formatUsd } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Stat, StatRow } from "#components/ui/stat.tsx";
import type { ActorTotals } from "#lib/traces/store/find-actor.ts";

type ActorTotalsRowProps = { kind: "session" | "user"; totals: ActorTotals };

/** What the traces of one session or user add up to; what is not known says so. */
export function ActorTotalsRow({ kind, totals }: ActorTotalsRowProps) {
  const { traceCount, errorCount, sessionCount, inputTokens, outputTokens, costUsd } = totals;
  const tokens =
    inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
  const said = (count: number | null) => (count === null ? "?" : formatCount(count));
  return (
    <div className="mb-6 border-y border-border py-3">
      <StatRow>
        <Stat label={kind === "session" ? "Turns" : "Traces"} value={formatCount(traceCount)} />
        {kind === "user" && <Stat label="Sessions" value={formatCount(sessionCount)} />}
        <Stat
          label="With errors"
          value={formatCount(errorCount)}
          tone={errorCount > 0 ? "harm" : "neutral"}
          detail={errorCount > 0 ? `${((errorCount / traceCount) * 100).toFixed(1)}% of traces` : undefined}
        />
        <Stat
          label="Tokens"
          value={tokens === null ? "Unknown" : formatCount(tokens)}
          detail={tokens === null ? undefined : `${said(inputTokens)} in, ${said(outputTokens)} out`}
        />
        <Stat label="Cost" value={costUsd === null ? "Unknown" : formatUsd(costUsd)} />
        <Stat
          label="Last active"
          value={<RelativeTime value={totals.lastAt} />}
          detail={
            <>
              first <RelativeTime value={totals.firstAt} />
            </>
          }
        />
      </StatRow>
    </div>
  );
}
