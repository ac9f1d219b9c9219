import { ExampleTraces } from "#components/ab-tests/example-traces.tsx";
import type { AbTest } from "#lib/abtests/definition.ts";
import { toExamplesJson } from "#lib/abtests/examples-schema.ts";
import { listExamples } from "#lib/abtests/list-examples.ts";
import { parseMetric } from "#lib/abtests/metrics.ts";
import { type Context, hasScope } from "#lib/core/context.ts";
import { listDatasets } from "#lib/datasets/queries.ts";
import { addSelectedToDataset } from "../../traces/actions.ts";

/** Reads texts, which takes longer than the sums: streamed after the report. */
export async function ReportExamples({ ctx, test, slug }: { ctx: Context; test: AbTest; slug: string }) {
  const treatments = test.variants.slice(1).map((variant) => variant.key);
  const [datasets, ...examples] = await Promise.all([
    listDatasets(ctx, { limit: 200 }),
    ...treatments.map((treatment) => listExamples(ctx, test.key, { treatment })),
  ]);
  const chosen = [...test.metrics.success, ...test.metrics.guardrails, ...test.metrics.exploratory];
  const ranked = chosen.find(({ metric }) => metric.startsWith(examples[0]?.measure ?? "latency_ms"));
  return (
    <ExampleTraces
      examples={examples.map(toExamplesJson)}
      variantKeys={test.variants.map((variant) => variant.key)}
      isHigherBetter={
        (ranked && parseMetric(ranked.metric, ranked.direction)?.isHigherBetter) ??
        (examples[0]?.measure.startsWith("score:") || false)
      }
      tracesHref={`/${slug}/traces`}
      datasets={datasets.data.map((dataset) => dataset.name)}
      onAdd={hasScope(ctx, "evaluations:write") ? addSelectedToDataset.bind(null, slug) : null}
    />
  );
}
