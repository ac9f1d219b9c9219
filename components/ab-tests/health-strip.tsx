import { CircleAlert, CircleCheck, CircleX } from "lucide-react";
import type { ReactNode } from "react";
import { Sparkline } from "#components/charts/sparkline.tsx";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { formatCount, formatNumber, formatShare } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ReportJson } from "#lib/abtests/api-schema.ts";

type Level = ReportJson["health"]["level"];

/** Whether the data can be trusted, said before any comparison. Every check may be looked at any number of times. */
export function HealthStrip({ report }: { report: ReportJson }) {
  const { health } = report;
  const indexOf = (key: string) => report.test.variants.findIndex((variant) => variant.key === key);
  return (
    <ul aria-label="Health" className="grid gap-x-8 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
      <Check level={health.splitLevel} title="Split">
        <span className="flex flex-wrap gap-x-3">
          {health.split.map(({ variantKey, units, expected }) => (
            <span key={variantKey} className="inline-flex items-center gap-1">
              <VariantMark index={indexOf(variantKey)} />
              {formatCount(units)}
              <span className="text-muted">of {formatCount(expected)}</span>
            </span>
          ))}
        </span>
        <span className="text-muted">
          units, as designed; odds against the design {oddsText(health.splitLogBayesFactor)} (alarm at 100)
        </span>
        {report.history.split.length > 2 && (
          <Sparkline
            label={`Odds against the designed split over time, now ${oddsText(health.splitLogBayesFactor)}`}
            values={report.history.split.map((point) =>
              Math.max(0, (point.logBayesFactor ?? 50) / Math.LN10 + 3),
            )}
            className="mt-1 block"
          />
        )}
      </Check>
      <Check level={health.multiplyExposedLevel} title="One variant per unit">
        {formatCount(health.multiplyExposedUnits)} units saw several
        <span className="text-muted"> ({formatShare(health.multiplyExposedShare)}; alarm at 1.0%)</span>
      </Check>
      {health.scoreCoverage.map((score) => (
        <Check key={score.name} level={score.level} title={`Coverage of “${score.name}”`}>
          <span className="flex flex-wrap gap-x-3">
            {score.scoredUnits.map(({ variantKey, share }) => (
              <span key={variantKey} className="inline-flex items-center gap-1">
                <VariantMark index={indexOf(variantKey)} />
                {formatShare(share)}
              </span>
            ))}
          </span>
          <span className="text-muted">
            of units have it; odds of a mismatch {oddsText(score.logBayesFactor)}
          </span>
        </Check>
      ))}
      <Check level={health.strayTraces > 0 ? "warn" : "ok"} title="Traces">
        {health.lastTraceAt ? (
          <>
            newest <RelativeTime value={health.lastTraceAt} />
          </>
        ) : (
          "none yet"
        )}
        {report.pending > 0 && (
          <span className="text-muted">; {formatCount(report.pending)} about to be counted</span>
        )}
        {health.strays.length === 0 ? (
          <span className="text-muted">; all name a unit and a variant</span>
        ) : (
          <ul className="text-muted">
            {health.strays.map(({ reason, traces }) => (
              <li key={reason}>
                {formatCount(traces)} left out: {strayWords[reason]}
              </li>
            ))}
          </ul>
        )}
      </Check>
      <Check level="ok" title="Looks">
        as many as you like
        <span className="text-muted">: the intervals hold at every look, so nobody can look too early</span>
      </Check>
    </ul>
  );
}

function Check({ level, title, children }: { level: Level; title: string; children: ReactNode }) {
  const { Icon, tone, word } = levels[level];
  return (
    <li className="flex min-w-0 gap-2 text-sm">
      <Icon className={`mt-0.5 size-4 shrink-0 ${tone}`} aria-hidden="true" />
      <div className="min-w-0">
        <p className="font-medium">
          {title} <span className={`text-xs font-normal ${tone}`}>{word}</span>
        </p>
        <div className="text-xs tabular-nums">{children}</div>
      </div>
    </li>
  );
}

const strayWords: Record<ReportJson["health"]["strays"][number]["reason"], string> = {
  no_unit: "they name no unit (or one over 512 bytes)",
  unknown_variant: "they name a variant that the test does not have",
  clock_ahead: "they start more than ten minutes after they came",
  outside: "they are from before the start or after the end",
};

const levels = {
  ok: { Icon: CircleCheck, tone: "text-better", word: "good" },
  warn: { Icon: CircleAlert, tone: "text-unresolved", word: "look at it" },
  block: { Icon: CircleX, tone: "text-harm", word: "alarm" },
};

function oddsText(logBayesFactor: number | null): string {
  if (logBayesFactor === null) return "beyond doubt";
  if (logBayesFactor > Math.log(1e6)) return "over a million to 1";
  return `${formatNumber(Math.exp(logBayesFactor))} to 1`;
}
