import { type ExamplesJson, ExampleTraces } from "#components/ab-tests/example-traces.tsx";
import type { AbTest } from "#lib/abtests/definition.ts";
import { findExamples } from "#lib/abtests/find-examples.ts";
import { type Context, hasScope } from "#lib/core/context.ts";
import { listDatasets } from "#lib/datasets/queries.ts";
import { addSelectedToDataset } from "../../traces/actions.ts";

/** Reads texts, which takes longer than the sums: streamed after the report. */
export async function ReportExamples({ ctx, test, slug }: { ctx: Context; test: AbTest; slug: string }) {
  const [examples, datasets] = await Promise.all([
    findExamples(ctx, test),
    listDatasets(ctx, { limit: 200 }),
  ]);
  return (
    <ExampleTraces
      // Dates become texts on the way to the browser.
      examples={JSON.parse(JSON.stringify(examples)) as ExamplesJson}
      variantKeys={test.variants.map((variant) => variant.key)}
      tracesHref={`/${slug}/traces`}
      datasets={datasets.data.map((dataset) => dataset.name)}
      onAdd={hasScope(ctx, "evaluations:write") ? addSelectedToDataset.bind(null, slug) : null}
    />
  );
}
