import { Sparkline } from "#components/charts/sparkline.tsx";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { formatCount, formatShare } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatDifference, formatSize } from "#lib/abtests/format-metric.ts";

type Forecast = ReportJson["progress"]["forecast"][number];

/** How far the test has come, and when it should know, for three sizes of effect. */
export function ProgressPanel({ report }: { report: ReportJson }) {
  const { progress, metrics, variants, test } = report;
  const primary = metrics.find((metric) => metric.role === "success");
  const daily = progress.newUnits.map((day) =>
    Object.values(day.units).reduce((sum, value) => sum + value, 0),
  );
  const traces = variants.reduce((sum, variant) => sum + variant.traces, 0);
  const { forecast } = progress;
  const isReady = variants.every((variant) => variant.units >= progress.minimumUnits);
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-2">
      <div className="flex flex-col gap-3">
        <Bar
          label="Days"
          done={progress.days}
          aim={progress.minimumDays}
          end={progress.maximumDays}
          text={`${progress.days.toFixed(progress.days < 10 ? 1 : 0)} of at least ${progress.minimumDays}, at most ${progress.maximumDays}`}
        />
        <Bar
          label="Information"
          done={progress.informationShare ?? 0}
          aim={1}
          end={1}
          text={
            progress.informationShare === null
              ? isReady
                ? "not known while there are so few events"
                : `known at ${progress.minimumUnits} units per variant`
              : `${formatShare(progress.informationShare, 0)} of what it takes to find ${primary?.scale ? formatSize(primary.scale.mde, primary.unit) : "the effect"} in ${primary?.label.toLowerCase() ?? "the metric"}`
          }
        />
        <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2 text-sm tabular-nums">
          <ul aria-label="Units per variant" className="flex flex-wrap gap-x-5 gap-y-1">
            {variants.map(({ variantKey, units }, index) => (
              <li key={variantKey} className="inline-flex items-center gap-1.5">
                <VariantMark index={index} />
                {formatCount(units)}
                <span className="text-xs text-muted">
                  {units < progress.minimumUnits ? `of ${progress.minimumUnits} units` : "units"}
                </span>
              </li>
            ))}
          </ul>
          <span className="text-xs text-muted">{formatCount(traces)} traces</span>
        </div>
        {daily.length > 2 && (
          <p className="flex items-center gap-2 text-xs text-muted">
            <Sparkline label="New units per day" values={daily} /> new units per day, now{" "}
            {formatCount(progress.unitsPerDay)}
          </p>
        )}
      </div>
      <div>
        {forecast.length === 0 ? (
          <p className="text-sm text-muted">
            {isReady
              ? "No forecast while there are so few events: their number, not that of the units, decides."
              : `A forecast comes with the first ${progress.minimumUnits} units per variant.`}
          </p>
        ) : (
          <Table label="When it should be known">
            <thead>
              <tr>
                <Th>If the true effect is</Th>
                <Th>likely by</Th>
                <Th>nearly surely by</Th>
              </tr>
            </thead>
            <tbody>
              {forecast.map((row) => (
                <tr key={row.effect}>
                  <Th scope="row" className="whitespace-normal text-text">
                    {effectWords[row.effect]}
                    {primary && row.effect !== "none" && (
                      <span className="text-muted"> ({formatDifference(row.size, primary.unit)})</span>
                    )}
                  </Th>
                  <Td>
                    <When at={row.likelyAt} units={row.likelyUnits} isOver={test.status !== "running"} />
                  </Td>
                  <Td>
                    <When at={row.latestAt} units={row.latestUnits} isOver={test.status !== "running"} />
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </div>
    </div>
  );
}

const effectWords: Record<Forecast["effect"], string> = {
  mde: "the smallest worth detecting",
  current: "as it looks now, shrunken",
  none: "none at all",
};

function When({ at, units, isOver }: { at: string | null; units: number | null; isOver: boolean }) {
  if (units === 0) return <span className="font-medium">now</span>;
  if (at)
    return (
      <>
        {new Date(at).toLocaleDateString("en-GB", {
          day: "numeric",
          month: "short",
          year: "numeric",
          timeZone: "UTC",
        })}
        <span className="block text-xs text-muted">
          <RelativeTime value={at} />
        </span>
      </>
    );
  if (units === null) return <span className="text-muted">never, at this rate</span>;
  return (
    <>
      {formatCount(units)} units
      <span className="block text-xs text-muted">{isOver ? "more than it got" : "at no known rate"}</span>
    </>
  );
}

type BarProps = { label: string; done: number; aim: number; end: number; text: string };

/** A bar with a tick where it is enough. */
function Bar({ label, done, aim, end, text }: BarProps) {
  const share = (value: number) => `${100 * Math.min(1, end > 0 ? value / end : 1)}%`;
  return (
    <div className="text-sm">
      <div className="flex flex-wrap justify-between gap-x-4">
        <span className="font-medium">{label}</span>
        <span className="text-xs text-muted tabular-nums">{text}</span>
      </div>
      <svg width="100%" height="10" className="mt-1 block overflow-visible" aria-hidden="true">
        <rect x="0" y="3" width="100%" height="4" rx="2" fill="var(--border)" />
        <rect x="0" y="3" width={share(done)} height="4" rx="2" fill="var(--accent)" />
        {aim < end && (
          <line x1={share(aim)} x2={share(aim)} y1="0" y2="10" stroke="var(--ink)" strokeWidth="1.5" />
        )}
      </svg>
    </div>
  );
}
