import type { Metadata } from "next";
import { Suspense } from "react";
import { AbTestActions } from "#components/ab-tests/ab-test-actions.tsx";
import { AftermathTable } from "#components/ab-tests/aftermath-table.tsx";
import { AmendDialog } from "#components/ab-tests/amend-dialog.tsx";
import { ConnectPanel } from "#components/ab-tests/connect-panel.tsx";
import { DecisionLog } from "#components/ab-tests/decision-log.tsx";
import { DesignCard } from "#components/ab-tests/design-card.tsx";
import { DistributionPanel } from "#components/ab-tests/distribution-panel.tsx";
import { HealthStrip } from "#components/ab-tests/health-strip.tsx";
import { JudgePanel } from "#components/ab-tests/judge-panel.tsx";
import { LiveRefresh } from "#components/ab-tests/live-refresh.tsx";
import { OverTime } from "#components/ab-tests/over-time.tsx";
import { PrintButton } from "#components/ab-tests/print-button.tsx";
import { ProgressPanel } from "#components/ab-tests/progress-panel.tsx";
import { PromoteDialog } from "#components/ab-tests/promote-dialog.tsx";
import { ReportNav } from "#components/ab-tests/report-nav.tsx";
import { RollBackButton } from "#components/ab-tests/roll-back-button.tsx";
import { Scorecard } from "#components/ab-tests/scorecard.tsx";
import { SegmentPanel } from "#components/ab-tests/segment-panel.tsx";
import { StatusBadge, verdictWords } from "#components/ab-tests/status-badge.tsx";
import { TrafficDialog } from "#components/ab-tests/traffic-dialog.tsx";
import { TrustFooter } from "#components/ab-tests/trust-footer.tsx";
import { VariantTable } from "#components/ab-tests/variant-table.tsx";
import { VerdictBanner } from "#components/ab-tests/verdict-banner.tsx";
import { WaitingPromotion } from "#components/ab-tests/waiting-promotion.tsx";
import { StemmaGraph } from "#components/charts/stemma-graph.tsx";
import type { StemmaNode } from "#components/charts/stemma-layout.ts";
import { Badge } from "#components/ui/badge.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { type ReportJson, toPromotionJson, toReportJson } from "#lib/abtests/api-schema.ts";
import { checkAftermath } from "#lib/abtests/check-aftermath.ts";
import { checkLaunch } from "#lib/abtests/check-launch.ts";
import { describeVariants, type VariantDescription } from "#lib/abtests/describe-variants.ts";
import { getReport } from "#lib/abtests/get-report.ts";
import { perUnitViews } from "#lib/abtests/per-unit-views.ts";
import { listAbPromotions, type Replaced } from "#lib/abtests/promotion.ts";
import { listDecisions } from "#lib/abtests/queries.ts";
import { hasScope } from "#lib/core/context.ts";
import { listDeployments } from "#lib/deployments/queries.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import {
  amendAbTestDesign,
  approveAbPromotion,
  askForPromotion,
  beginAbTest,
  changeAbTraffic,
  declineAbPromotion,
  diffPromptVersions,
  endAbTest,
  holdAbTest,
  promoteAbTestWinner,
  rollBackAbPromotion,
  withdrawAbPromotion,
} from "../actions.ts";
import { notFoundAsPage } from "../not-found-as-page.ts";
import { ReportExamples } from "./report-examples.tsx";

type AbTestPageProps = { params: Promise<{ project: string; key: string }> };

export async function generateMetadata({ params }: AbTestPageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).key) };
}

/** The report, rendered from the same object that the API answers with. */
export default async function AbTestPage({ params }: AbTestPageProps) {
  const { project: slug, key } = await params;
  const { ctx, project, user } = await requirePage(slug);
  const source = await notFoundAsPage(getReport(ctx, decodeURIComponent(key)));
  const { test } = source;
  const report = toReportJson(source);
  const [variants, decisions, promotions, deployments, findings] = await Promise.all([
    describeVariants(ctx, test),
    listDecisions(ctx, test.id),
    listAbPromotions(ctx, test.id),
    listDeployments(ctx, { limit: 1000 }),
    test.status === "draft" ? checkLaunch(ctx, test) : [],
  ]);
  const serving = deployments.data.filter((each) => each.abTest?.id === test.id).map((each) => each.name);
  const shownDecisions = decisions.map((each) => ({ ...each, at: each.at.toISOString() }));
  const base = `/${project.slug}`;
  const canWrite = hasScope(ctx, "abtests:write") && hasScope(ctx, "prompts:write");
  const hasStarted = test.startedAt !== null;
  const isOpen = hasStarted && test.status !== "concluded";
  const waiting = promotions.find(({ status }) => status === "requested" || status === "scheduled");
  const promoted =
    test.status === "concluded" ? promotions.find(({ status }) => status === "promoted") : undefined;
  const aftermath = await checkAftermath(ctx, source, promoted);

  return (
    <>
      <PageHeader
        title={test.name}
        crumbs={[{ label: "A/B tests", href: `${base}/ab-tests` }]}
        badges={
          <>
            <StatusBadge status={test.status} />
            {test.policy.winnerVariantKey && (
              <Badge tone="better">{test.policy.winnerVariantKey} promoted</Badge>
            )}
            {variants.some((variant) => variant.model.isSimulated) && (
              <Badge tone="simulated" title="The answers come from the built-in rehearsal provider">
                Simulated
              </Badge>
            )}
          </>
        }
        description={test.hypothesis}
        actions={
          <>
            {test.status === "running" && <LiveRefresh />}
            {hasStarted && <PrintButton />}
            {canWrite && (
              <>
                {(test.status === "running" || test.status === "paused") && (
                  <TrafficDialog
                    key={JSON.stringify(test.phases.at(-1))}
                    abTestKey={test.key}
                    coverage={test.coverage}
                    variants={test.variants.map(({ key, weight }) => ({ key, weight }))}
                    onChange={changeAbTraffic.bind(null, project.slug)}
                  />
                )}
                <AbTestActions
                  abTestKey={test.key}
                  status={test.status}
                  controlKey={test.variants[0]!.key}
                  editHref={`${base}/ab-tests/${test.key}/edit`}
                  findings={findings}
                  onStart={beginAbTest.bind(null, project.slug)}
                  onPause={holdAbTest.bind(null, project.slug)}
                  onStop={endAbTest.bind(null, project.slug)}
                />
              </>
            )}
          </>
        }
      />
      <div className="mb-6 overflow-x-auto">
        <StemmaGraph label="What is compared, and what came of it" nodes={descent(report, variants, base)} />
      </div>
      <VerdictBanner
        report={report}
        action={
          canWrite && (
            <>
              {isOpen && !waiting && (
                <PromoteDialog
                  key={source.verdict.recommendation.variantKey ?? "none"}
                  abTestKey={test.key}
                  verdict={source.verdict}
                  variants={variants}
                  deployments={serving}
                  rule={test.policy.promotion}
                  onPromote={promoteAbTestWinner.bind(null, project.slug)}
                  onRequest={askForPromotion.bind(null, project.slug)}
                  onDiff={diffPromptVersions.bind(null, project.slug)}
                />
              )}
              {promoted?.replaced && (
                <RollBackButton
                  abTestKey={test.key}
                  winnerKey={promoted.variantKey}
                  controlKey={test.variants[0]!.key}
                  replaced={replacedWords(promoted.replaced)}
                  onRollBack={rollBackAbPromotion.bind(null, project.slug)}
                />
              )}
            </>
          )
        }
      />
      {waiting && (
        <WaitingPromotion
          abTestKey={test.key}
          promotion={toPromotionJson(waiting)}
          variant={variants.find((variant) => variant.key === waiting.variantKey)!}
          deployments={serving}
          ownUserId={user.id}
          canDecide={canWrite}
          onApprove={approveAbPromotion.bind(null, project.slug)}
          onDecline={declineAbPromotion.bind(null, project.slug)}
          onWithdraw={withdrawAbPromotion.bind(null, project.slug)}
        />
      )}
      <ReportNav parts={parts.filter((part) => hasStarted || !part.isOfNumbers)} />
      {!hasStarted && (
        <p className="mb-6 max-w-prose text-sm text-muted">
          Numbers appear here once the test has been started and units arrive.
        </p>
      )}
      {hasStarted && (
        <>
          <Section
            id="health"
            title="Health"
            description="Whether the data can be trusted, before any number."
          >
            <HealthStrip report={report} />
          </Section>
          <Section id="progress" title="Progress">
            <ProgressPanel report={report} />
          </Section>
          <Section id="scorecard" title="Scorecard">
            <Scorecard report={report} perUnit={perUnitViews(test, source.sums)} />
          </Section>
          <Section id="over-time" title="Over time">
            <OverTime report={report} />
          </Section>
          <Section id="distributions" title="Distributions">
            <DistributionPanel report={report} />
          </Section>
          <Section id="segments" title="Segments">
            <SegmentPanel report={report} />
          </Section>
          <Section id="judges" title="Judges and labels">
            <JudgePanel report={report} />
          </Section>
          <Section id="examples" title="Examples" description="Answers to read before deciding.">
            <Suspense fallback={<Skeleton className="h-40 w-full" />}>
              <ReportExamples ctx={ctx} test={test} slug={project.slug} />
            </Suspense>
          </Section>
          <Section
            id="variants"
            title="Variants"
            description="Each by itself, with the interval of its own value."
          >
            <VariantTable
              report={report}
              tracesBase={`${base}/traces?abTest=${encodeURIComponent(test.key)}&variant=`}
            />
          </Section>
        </>
      )}
      <Section
        id="design"
        title="Design"
        description={hasStarted ? "As it was decided before the numbers came." : undefined}
        actions={
          canWrite &&
          (test.status === "running" || test.status === "paused") && (
            <span data-print="hide">
              <AmendDialog
                key={test.policy.promotion.mode + test.design.maximumDays + test.name}
                test={report.test}
                onAmend={amendAbTestDesign.bind(null, project.slug)}
              />
            </span>
          )
        }
      >
        <DesignCard report={report} variants={variants} decisions={shownDecisions} />
      </Section>
      <Section id="decisions" title="Decisions" description="Append-only, each with its evidence as it was.">
        {promoted && <AftermathTable winnerKey={promoted.variantKey} metrics={aftermath} />}
        <DecisionLog decisions={shownDecisions} />
      </Section>
      {test.status !== "concluded" && (
        <div data-print="hide">
          <Section id="connect" title="Connect" description="Three ways to send it traffic.">
            <ConnectPanel
              origin={publicOrigin()}
              abTestKey={test.key}
              unitKind={test.unitKind}
              deployments={serving}
              deploymentsHref={`${base}/deployments`}
            />
          </Section>
        </div>
      )}
      {hasStarted && (
        <Section
          id="trust"
          title="How the numbers came about"
          description="Each formula with its values, and everything needed to recompute the verdict."
        >
          <TrustFooter report={report} origin={publicOrigin()} />
        </Section>
      )}
    </>
  );
}

const parts = [
  { id: "health", label: "Health", isOfNumbers: true },
  { id: "progress", label: "Progress", isOfNumbers: true },
  { id: "scorecard", label: "Scorecard", isOfNumbers: true },
  { id: "over-time", label: "Over time", isOfNumbers: true },
  { id: "distributions", label: "Distributions", isOfNumbers: true },
  { id: "segments", label: "Segments", isOfNumbers: true },
  { id: "judges", label: "Judges", isOfNumbers: true },
  { id: "examples", label: "Examples", isOfNumbers: true },
  { id: "variants", label: "Variants", isOfNumbers: true },
  { id: "design", label: "Design", isOfNumbers: false },
  { id: "decisions", label: "Decisions", isOfNumbers: false },
  { id: "connect", label: "Connect", isOfNumbers: false },
  { id: "trust", label: "Formulas", isOfNumbers: true },
];

/** What a roll-back puts back, as a list to read before it is done. */
function replacedWords({ label, stage, deployments }: Replaced): string[] {
  return [
    ...(label.from?.versionId === label.to.versionId
      ? []
      : [
          label.from
            ? `${label.name} of ${label.promptName} goes back from version ${label.to.number} to version ${label.from.number}.`
            : `${label.name} of ${label.promptName}, which was new, is taken away.`,
        ]),
    ...(stage && stage.from !== stage.to
      ? [`${stage.model} goes back from stage ${stage.to} to ${stage.from}.`]
      : []),
    ...deployments.map(({ name }) => `${name} serves again what it served before.`),
  ];
}

/** Prompt versions and model versions → variants → verdict. */
function descent(report: ReportJson, variants: readonly VariantDescription[], base: string): StemmaNode[] {
  const prompts = new Map<string, StemmaNode>();
  const models = new Map<string, StemmaNode>();
  for (const { prompt, model } of variants) {
    const promptId = `prompt:${prompt.name}:${prompt.number}`;
    prompts.set(promptId, {
      id: promptId,
      // The folder would push the number, which tells the versions apart, out of sight.
      label: `${prompt.name.split("/").at(-1)} v${prompt.number}`,
      href: `${base}/prompts/${prompt.name.split("/").map(encodeURIComponent).join("/")}`,
      parents: [],
      kind: "Prompt version",
    });
    const modelId = `model:${model.name}:${model.number}`;
    models.set(modelId, {
      id: modelId,
      label: `${model.name} v${model.number}`,
      href: `${base}/models`,
      parents: [],
      kind: "Model version",
      detail: model.isSimulated ? "simulated" : model.providerModel,
    });
  }
  const served = variants.map(
    (variant, index): StemmaNode => ({
      id: `variant:${variant.key}`,
      label: variant.key,
      parents: [
        `prompt:${variant.prompt.name}:${variant.prompt.number}`,
        `model:${variant.model.name}:${variant.model.number}`,
      ],
      kind: "Variant",
      variantIndex: index,
    }),
  );
  return [
    ...prompts.values(),
    ...models.values(),
    ...served,
    {
      id: "verdict",
      label: verdictWords[report.verdict.state],
      parents: served.map((node) => node.id),
      kind: "Verdict",
      isCurrent: true,
    },
  ];
}
