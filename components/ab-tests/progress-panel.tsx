import { Sparkline } from "#components/charts/sparkline.tsx";
import { formatCount, formatShare } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Stat, StatRow } from "#components/ui/stat.tsx";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatSize } from "#lib/abtests/format-metric.ts";

/** How far the test has come, and when it should know. */
export function ProgressPanel({ report }: { report: ReportJson }) {
  const { progress, metrics, variants } = report;
  const primary = metrics.find((metric) => metric.role === "success");
  const units = variants.reduce((sum, variant) => sum + variant.units, 0);
  const traces = variants.reduce((sum, variant) => sum + variant.traces, 0);
  const daily = progress.newUnits.map((day) =>
    Object.values(day.units).reduce((sum, value) => sum + value, 0),
  );
  return (
    <StatRow>
      <Stat
        label="Units"
        value={formatCount(units)}
        detail={
          daily.length > 2 ? (
            <Sparkline label="New units per day" values={daily} />
          ) : (
            `at least ${progress.minimumUnits} per variant`
          )
        }
      />
      <Stat label="Traces" value={formatCount(traces)} />
      <Stat
        label="Days"
        value={progress.days.toFixed(progress.days < 10 ? 1 : 0)}
        detail={`at least ${progress.minimumDays}, at most ${progress.maximumDays}`}
      />
      <Stat
        label="Information"
        value={progress.informationShare === null ? "—" : formatShare(progress.informationShare, 0)}
        detail={
          primary?.scale
            ? `to find ${formatSize(primary.scale.mde, primary.unit)} in ${primary.label.toLowerCase()}`
            : "known at 100 units per variant"
        }
      />
      <Stat
        label="Likely known"
        value={
          progress.unitsToGo === 0 ? (
            "now"
          ) : progress.expectedAt ? (
            <RelativeTime value={progress.expectedAt} />
          ) : (
            "—"
          )
        }
        detail={
          progress.unitsToGo && progress.expectedAt
            ? `${formatCount(progress.unitsToGo)} units to go at ${formatCount(progress.unitsPerDay)} a day`
            : undefined
        }
      />
    </StatRow>
  );
}
