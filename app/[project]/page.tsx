import { NextSteps } from "#components/shell/next-steps.tsx";
import { PromotionList } from "#components/shell/promotion-list.tsx";
import { RunningTests } from "#components/shell/running-tests.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { Stat, StatRow } from "#components/ui/stat.tsx";
import { listAbTests } from "#lib/abtests/queries.ts";
import { requirePage } from "#lib/http/page.ts";
import { countResources } from "#lib/projects/count-resources.ts";
import { listPromotions } from "#lib/registry/list-promotions.ts";
import type { Promotion } from "#lib/registry/schema.ts";

/** What the project holds, what is being decided, what was decided last, and what to do next. */
export default async function HomePage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const base = `/${project.slug}`;
  const [counts, running, promotions] = await Promise.all([
    countResources(ctx),
    listAbTests(ctx, { limit: 10, status: "running" }),
    listPromotions(ctx, { limit: 6 }),
  ]);

  const steps = [
    {
      title: "Connect a model",
      why: "A provider's key, a server of your own, or the built-in rehearsal model that needs neither.",
      href: `${base}/models`,
      isDone: counts.models > 0,
    },
    {
      title: "Write a prompt",
      why: "Every save is a numbered version; a label such as production says which one serves.",
      href: `${base}/prompts`,
      isDone: counts.prompts > 0,
    },
    {
      title: "Bring a dataset",
      why: "Questions with the answers you expect, from a CSV or JSON file or from traces.",
      href: `${base}/datasets`,
      isDone: counts.datasets > 0,
    },
    {
      title: "Evaluate candidates on it",
      why: "Prompt versions against models, side by side, with the uncertainty of every score.",
      href: `${base}/evaluations`,
      isDone: counts.evaluations > 0,
    },
    {
      title: "Deploy the better one",
      why: "An address that applications call; what serves it can be changed without touching them.",
      href: `${base}/deployments`,
      isDone: counts.deployments > 0,
    },
    {
      title: "Send a first trace",
      why: "From an OpenTelemetry exporter, the stock openai client, or curl: one address and one key.",
      href: `${base}/traces`,
      isDone: counts.hasTraces,
    },
    {
      title: "Test it on live traffic",
      why: "An A/B test splits users between versions and says when the difference is real.",
      href: `${base}/ab-tests`,
      isDone: counts.abTests > 0,
    },
  ];
  const hrefOf = ({ subject, subjectName }: Promotion) => {
    const name = subjectName.split("/").map(encodeURIComponent).join("/");
    if (subject === "prompt_label") return `${base}/prompts/${name}`;
    return subject === "deployment" ? `${base}/deployments/${name}` : `${base}/models`;
  };

  return (
    <>
      <PageHeader title={project.name} />
      <div className="mb-8">
        <StatRow>
          <Stat label="Prompts" value={counts.prompts} href={`${base}/prompts`} />
          <Stat label="Datasets" value={counts.datasets} href={`${base}/datasets`} />
          <Stat label="Evaluations" value={counts.evaluations} href={`${base}/evaluations`} />
          <Stat
            label="A/B tests"
            value={counts.abTests}
            detail={running.data.length > 0 && `${running.data.length} running`}
            href={`${base}/ab-tests`}
          />
          <Stat label="Deployments" value={counts.deployments} href={`${base}/deployments`} />
          <Stat label="Models" value={counts.models} href={`${base}/models`} />
        </StatRow>
      </div>
      {running.data.length > 0 && (
        <Section title="Running A/B tests">
          <RunningTests
            tests={running.data.map((test) => ({
              key: test.key,
              name: test.name,
              href: `${base}/ab-tests/${encodeURIComponent(test.key)}`,
              startedAt: test.startedAt?.toISOString() ?? null,
              variantNames: test.variants.map((variant) => variant.name),
            }))}
          />
        </Section>
      )}
      {promotions.data.length > 0 && (
        <Section title="Last promotions">
          <PromotionList promotions={promotions.data} hrefOf={hrefOf} />
        </Section>
      )}
      {steps.some((step) => !step.isDone) && (
        <Section
          title="Next steps"
          description="From the first prompt to a decision that you can defend, in any order you like."
        >
          <NextSteps steps={steps} />
        </Section>
      )}
    </>
  );
}
