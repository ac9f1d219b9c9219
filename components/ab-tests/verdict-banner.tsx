import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { VerdictBadge, verdictTones, verdictWords } from "./status-badge.tsx";

type VerdictBannerProps = { report: ReportJson; action?: ReactNode };

/** The sentence to quote, what to do, and what is still missing. First on the page; nothing is claimed beside it. */
export function VerdictBanner({ report, action }: VerdictBannerProps) {
  const { verdict, firstReached, generatedAt } = report;
  const [first, ...others] = verdict.missing;
  const odds = oddsOf(report);
  const isOver = report.test.status === "concluded";
  return (
    <section
      aria-label="Verdict"
      className={classNames("mb-6 border-l-4 py-1 pl-4", edges[verdictTones[verdict.state]])}
    >
      <div className="mb-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
        <VerdictBadge state={verdict.state} />
        {odds && <span title="The e-value of the strongest success metric, valid at every look">{odds}</span>}
        <span>
          as of <RelativeTime value={generatedAt} />
        </span>
        {firstReached && firstReached.state !== verdict.state && (
          <span>
            first {verdictWords[firstReached.state].toLowerCase()} <RelativeTime value={firstReached.at} />
          </span>
        )}
      </div>
      <p className="max-w-prose text-base font-medium text-pretty">{verdict.sentence}</p>
      <p className="mt-1 text-sm text-muted">{adviceOf(report)}</p>
      {first && !isOver && (
        <div className="mt-3 text-sm">
          <p className="max-w-prose">
            <span className="font-medium">
              {verdict.state === "keep_running" || verdict.state === "collecting"
                ? "Why not yet: "
                : "Open: "}
            </span>
            {first}
          </p>
          {others.length > 0 && (
            <ul className="mt-1 max-w-prose list-disc pl-5 text-muted">
              {others.map((condition) => (
                <li key={condition}>{condition}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      {action && (
        <div className="mt-3 flex flex-wrap gap-2 empty:hidden" data-print="hide">
          {action}
        </div>
      )}
    </section>
  );
}

/** What to do; of a test that has ended, what was done. */
function adviceOf({ test, verdict }: ReportJson): string {
  if (test.status === "concluded")
    return `${test.winnerVariantKey} was promoted. This is what is known of the test.`;
  if (test.status === "stopped" && verdict.state === "collecting")
    return "The test was stopped and cannot be started again; make a new one to learn more.";
  return verdict.advice;
}

/** The evidence in odds; nothing where the data cannot be trusted or nothing has been measured. */
function oddsOf({ metrics, health }: ReportJson): string | null {
  if (health.level === "block") return null;
  const known = metrics
    .filter((metric) => metric.role === "success")
    .flatMap((metric) => metric.comparisons.flatMap(({ estimate }) => estimate?.logEValue ?? []));
  if (known.length === 0) return null;
  const odds = Math.exp(Math.min(Math.max(...known), 20));
  if (odds < 1) return "evidence: none against “no difference” so far";
  const text = odds > 1e6 ? "over a million" : odds >= 10 ? formatCount(odds) : odds.toFixed(1);
  return `evidence ${text} to 1 against “no difference”`;
}

const edges: Record<string, string> = {
  outline: "border-border",
  neutral: "border-border-strong",
  accent: "border-accent",
  better: "border-better",
  worse: "border-worse",
  unresolved: "border-unresolved",
  harm: "border-harm",
  simulated: "border-simulated",
};
