import Link from "next/link";
import { AbTestTable } from "#components/ab-tests/ab-test-table.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { AbTest, AbTestStatus } from "#lib/abtests/definition.ts";
import { parseMetric } from "#lib/abtests/metrics.ts";
import { listAbTests } from "#lib/abtests/queries.ts";
import { hasScope } from "#lib/core/context.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";

export const metadata = { title: "A/B tests" };

type AbTestsPageProps = {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ status?: string }>;
};

export default async function AbTestsPage({ params, searchParams }: AbTestsPageProps) {
  const { ctx, project } = await requirePage((await params).project);
  const asked = (await searchParams).status;
  const status = statuses.find((each) => each === asked);
  const { data } = await listAbTests(ctx, { limit: 1000, status });
  const listHref = `/${project.slug}/ab-tests`;
  const newTest = hasScope(ctx, "abtests:write") && (
    <LinkButton variant="primary" href={`${listHref}/new`}>
      New A/B test
    </LinkButton>
  );
  return (
    <>
      <PageHeader
        title="A/B tests"
        description="Live traffic, split by user or session between versions, until the difference is known."
        actions={data.length > 0 || status ? newTest : null}
      />
      {data.length === 0 && !status ? (
        <EmptyState
          title="Which version is better, on real traffic?"
          actions={newTest}
          snippet={<CodeBlock label="Make one through the API" code={snippet(publicOrigin())} />}
        >
          An A/B test gives each user one of two or more versions, reads the traces, and says when one is
          better and safe to ship. You may look at any time; the intervals allow for it.
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-3">
          <nav aria-label="Status" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
            {[undefined, ...statuses].map((each) => (
              <Link
                key={each ?? "all"}
                href={each ? `${listHref}?status=${each}` : listHref}
                aria-current={each === status ? "true" : undefined}
                className="text-muted capitalize hover:text-text aria-[current]:font-medium aria-[current]:text-text aria-[current]:underline aria-[current]:underline-offset-4"
              >
                {each ?? "All"}
              </Link>
            ))}
          </nav>
          <AbTestTable rows={data.map(toRow)} listHref={listHref} />
        </div>
      )}
    </>
  );
}

const statuses: AbTestStatus[] = ["draft", "running", "paused", "stopped", "concluded"];

function toRow(test: AbTest) {
  return {
    key: test.key,
    name: test.name,
    status: test.status,
    split: test.variants.map(({ key, weight }) => `${key} ${Number((100 * weight).toFixed(1))}%`).join(" · "),
    success: test.metrics.success.map(({ metric }) => parseMetric(metric)?.label ?? metric).join(", "),
    winner: test.policy.winnerVariantKey,
    createdBy: test.createdBy,
    createdAt: test.createdAt.toISOString(),
    startedAt: test.startedAt?.toISOString() ?? null,
  };
}

function snippet(origin: string): string {
  return `curl -s ${origin}/api/v1/ab-tests \\
  -H "Authorization: Bearer $STEMMA_SECRET_KEY" -H "Content-Type: application/json" \\
  -d '{
    "key": "shorter-answers", "name": "Shorter answers",
    "variants": [
      {"promptVersionId": "…", "modelVersionId": "…"},
      {"promptVersionId": "…", "modelVersionId": "…"}
    ],
    "metrics": {
      "success": [{"metric": "score:helpful"}],
      "guardrails": [{"metric": "error_rate", "margin": {"kind": "absolute", "value": 0.02}}]
    }
  }'`;
}
