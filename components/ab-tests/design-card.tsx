import { VariantMark } from "#components/charts/variant-mark.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy-id.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { formatShare } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Amendment } from "#lib/abtests/amend-ab-test.ts";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import type { VariantDescription } from "#lib/abtests/describe-variants.ts";
import { formatSize, formatValue } from "#lib/abtests/format-metric.ts";
import { parseMetric } from "#lib/abtests/metrics.ts";
import type { DecisionRow } from "./decision-log.tsx";
import { PromptDiff } from "./prompt-diff.tsx";

type DesignCardProps = {
  report: ReportJson;
  variants: readonly VariantDescription[];
  decisions: readonly DecisionRow[];
};

/** What was decided before the numbers came: variants with what they change, units, metrics, rules. */
export function DesignCard({ report, variants, decisions }: DesignCardProps) {
  const { test, metrics } = report;
  const control = variants[0];
  const amendments = decisions.filter((decision) => amendedKinds.has(decision.kind));
  const launch = decisions.find((decision) => decision.kind === "started");
  const designHash = (launch?.evidence as { designHash?: string } | null)?.designHash;
  return (
    <div className="flex flex-col gap-8">
      <DescriptionList
        items={[
          { term: "Hypothesis", value: test.hypothesis || "none given" },
          { term: "Unit", value: test.unitAttribute ? `attribute “${test.unitAttribute}”` : test.unitKind },
          { term: "Coverage", value: `${formatShare(test.coverage)} of units` },
          {
            term: "Assignment",
            value: (
              <>
                hash version {test.hashVersion}, seed <code>{test.seed}</code>
                {test.assignment.namespace &&
                  `, namespace ${test.assignment.namespace.name} ${test.assignment.namespace.start}–${test.assignment.namespace.end}`}
                {test.assignment.holdout &&
                  `, holdout ${test.assignment.holdout.name} ${formatShare(test.assignment.holdout.share)}`}
                {test.assignment.targeting.map(
                  (rule) =>
                    `, ${rule.attribute} ${rule.operator === "in" ? "in" : "not in"} ${rule.values.join(", ")}`,
                )}
              </>
            ),
          },
          {
            term: "Rules",
            value: `${formatShare(test.design.alpha)} false alarms over all looks; ${test.design.minimumDays} to ${test.design.maximumDays} days; at least ${test.design.minimumUnits} units per variant`,
          },
          { term: "By itself", value: policyText(test.policy) },
          {
            term: "Frozen",
            value: launch ? (
              <>
                at the start, <RelativeTime value={launch.at} />
                {designHash && (
                  <>
                    , as <CopyId id={designHash} label="design hash" />
                  </>
                )}
              </>
            ) : (
              "when it is started"
            ),
          },
          {
            term: "Phases",
            value:
              test.phases.length === 0 ? (
                "not started"
              ) : (
                <ul>
                  {test.phases.map((phase) => (
                    <li key={phase.number}>
                      {phase.number}: from <RelativeTime value={phase.startedAt} />
                      {phase.endedAt && (
                        <>
                          {" "}
                          to <RelativeTime value={phase.endedAt} />
                        </>
                      )}
                      ,{" "}
                      {Object.entries(phase.weights)
                        .map(([key, weight]) => `${key} ${formatShare(weight)}`)
                        .join(", ")}
                      {phase.coverage < 1 && ` of ${formatShare(phase.coverage)} of units`}
                    </li>
                  ))}
                </ul>
              ),
          },
        ]}
      />
      {amendments.length > 0 && (
        <section aria-label="Amendments">
          <h3 className="mb-2 text-sm font-medium">Amended after the launch</h3>
          <ul className="flex flex-col gap-2 text-sm">
            {amendments.map((decision) => (
              <li key={decision.id}>
                <p>
                  <RelativeTime value={decision.at} />{" "}
                  <span className="text-muted">by {decision.actorName}:</span> {decision.note}
                </p>
                <ul className="font-mono text-xs">
                  {changesOf(decision).map(({ field, before, after }) => (
                    <li key={field} className="break-words">
                      <span className="text-muted">{field}</span>{" "}
                      <del className="text-worse no-underline">− {shown(before)}</del>{" "}
                      <ins className="text-better no-underline">+ {shown(after)}</ins>
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3 className="mb-2 text-sm font-medium">Metrics</h3>
        <ul className="flex flex-col gap-1 text-sm">
          {metrics.map(({ id, role, label, unit, isHigherBetter, scale }) => (
            <li key={id}>
              <span className="font-medium">{label}</span>{" "}
              <span className="text-muted">
                {role}, {isHigherBetter ? "higher" : "lower"} is better
                {scale
                  ? `; worth detecting ${formatSize(scale.mde, unit)}${scale.margin ? `, margin ${formatSize(scale.margin, unit)}` : ""}${scale.baseline !== null ? `, baseline ${formatValue(scale.baseline, unit)}` : ""} (${sources[scale.source]})`
                  : plannedText(test, id)}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section className="flex flex-col gap-5">
        <h3 className="text-sm font-medium">Variants</h3>
        {variants.map((variant, index) => (
          <div key={variant.key} className="min-w-0">
            <p className="mb-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
              <VariantMark index={index} name={variant.name || undefined} />
              <span>
                {variant.prompt.name} v{variant.prompt.number}
              </span>
              <span className="text-muted">
                on {variant.model.name} v{variant.model.number} ({variant.model.providerModel})
              </span>
              {variant.model.isSimulated && <Badge tone="simulated">Simulated</Badge>}
              {Object.keys(variant.parameters).length > 0 && (
                <code className="text-xs">{JSON.stringify(variant.parameters)}</code>
              )}
              <span className="text-muted">{formatShare(variant.weight)}</span>
            </p>
            {variant.promptDiff && control && (
              <PromptDiff
                diff={variant.promptDiff}
                labels={{
                  before: `${control.prompt.name} v${control.prompt.number}`,
                  after: `${variant.prompt.name} v${variant.prompt.number}`,
                }}
              />
            )}
          </div>
        ))}
      </section>
    </div>
  );
}

const amendedKinds = new Set(["amended", "reweighted", "ramped"]);

/** An amendment's fields; a change of traffic keeps whole objects, of which only what differs is shown. */
function changesOf({ evidence }: DecisionRow): Amendment[] {
  const kept = evidence as { amendments?: Amendment[]; before?: Sides; after?: Sides } | null;
  if (kept?.amendments) return kept.amendments;
  if (!kept?.before || !kept.after) return [];
  const { before, after } = kept;
  return Object.keys(after)
    .filter((field) => shown(before[field]) !== shown(after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

type Sides = Record<string, unknown>;

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function policyText({ promotion, onHarm }: ReportJson["test"]["policy"]): string {
  const who = {
    manual: "Somebody promotes by hand",
    approval: "A second person approves every promotion",
    automatic: `What is ship-ready is promoted after ${promotion.afterHours} h unless declined`,
  }[promotion.mode];
  const harm = { tell: "harm is only told of", pause: "harm pauses it", stop: "harm ends it" }[onHarm];
  const stage = promotion.stage ? `, model stage ${promotion.stage}` : "";
  return `${who}, to ${promotion.label}${stage}; ${harm}`;
}

/** What was asked for, while it waits for a baseline to be measured against. */
function plannedText({ metrics, startedAt }: ReportJson["test"], id: string): string {
  const guardrail = metrics.guardrails.find((each) => each.metric === id);
  const choice =
    guardrail ??
    metrics.success.find((each) => each.metric === id) ??
    metrics.exploratory.find((each) => each.metric === id);
  const unit = parseMetric(id)?.unit ?? "points";
  const amount = ({ kind, value }: { kind: "relative" | "absolute"; value: number }) =>
    kind === "relative" ? formatShare(value) : formatSize(value, unit);
  return [
    choice?.mde ? `; worth detecting ${amount(choice.mde)}` : "",
    guardrail ? `; margin ${amount(guardrail.margin)}` : "",
    startedAt ? "; fixed when its baseline is known" : "",
  ].join("");
}

const sources = {
  given: "given",
  pre_period: "from the control’s 14 days before the start",
  burn_in: "from all variants pooled, at the first look with enough units",
};
