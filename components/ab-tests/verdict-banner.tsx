import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { VerdictBadge, verdictTones, verdictWords } from "./status-badge.tsx";

type VerdictBannerProps = { report: ReportJson; action?: ReactNode };

/** The sentence to quote, what to do, and what is still missing. First on the page; nothing is claimed beside it. */
export function VerdictBanner({ report, action }: VerdictBannerProps) {
  const { verdict, firstReached, generatedAt } = report;
  const [first, ...others] = verdict.missing;
  return (
    <section
      aria-label="Verdict"
      className={classNames("mb-6 border-l-4 py-1 pl-4", edges[verdictTones[verdict.state]])}
    >
      <div className="mb-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
        <VerdictBadge state={verdict.state} />
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
      <p className="mt-1 text-sm text-muted">{verdict.advice}</p>
      {first && (
        <div className="mt-3 text-sm">
          <p>
            <span className="font-medium">
              {verdict.state === "keep_running" || verdict.state === "collecting"
                ? "Why not yet: "
                : "Open: "}
            </span>
            {first}
          </p>
          {others.length > 0 && (
            <ul className="mt-1 list-disc pl-5 text-muted">
              {others.map((condition) => (
                <li key={condition}>{condition}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      {action && (
        <div className="mt-3 flex flex-wrap gap-2" data-print="hide">
          {action}
        </div>
      )}
    </section>
  );
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
