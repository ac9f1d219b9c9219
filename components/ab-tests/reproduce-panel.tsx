import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatNumber } from "#components/ui/format.ts";
import type { ReportJson } from "#lib/abtests/api-schema.ts";

/** How the numbers came about: each formula with its values, and the sums they are computed from. */
export function ReproducePanel({ report, origin }: { report: ReportJson; origin: string }) {
  const { test, metrics, sums } = report;
  const steps = metrics.flatMap((metric) =>
    metric.comparisons.flatMap(({ variantKey, estimate }) =>
      estimate && metric.scale && estimate.standardError !== null && estimate.multiplier !== null
        ? [
            `${metric.id}, ${variantKey} − ${test.variants[0]?.key}`,
            `  D = ${formatNumber(estimate.difference)}   SE = ${formatNumber(estimate.standardError)}   τ = ${formatNumber(metric.scale.tau)}   α = ${formatNumber(estimate.alpha)}`,
            `  x = τ²/SE² = ${formatNumber(estimate.informationRatio ?? 0)}   m = √((1 + 1/x)(ln(1 + x) + 2 ln(1/α))) = ${formatNumber(estimate.multiplier)}`,
            `  D ± m·SE = [${formatNumber(estimate.lower)}, ${formatNumber(estimate.upper)}]`,
          ]
        : [],
    ),
  );
  return (
    <div className="flex flex-col gap-6">
      <p className="max-w-prose text-sm text-muted">
        R = ΣS/ΣN over units, V(R) = K/(K−1) · (ΣS² − 2RΣNS + R²ΣN²)/(ΣN)². Quantiles: log-bucket histograms
        with a delete-a-group jackknife over 100 groups of units. Percent: Fieller with the same m. Split:
        Dirichlet multinomial Bayes factor.
      </p>
      {steps.length > 0 && <CodeBlock label="With the values" code={steps.join("\n")} />}
      <CodeBlock
        label="The sums, per variant, phase and measure"
        code={JSON.stringify(
          { abTestKey: test.key, design: test.design, metrics: test.metrics, sums },
          null,
          2,
        )}
      />
      <CodeBlock
        label="The whole report as JSON"
        code={`curl -s ${origin}/api/v1/ab-tests/${test.key}/report -H "Authorization: Bearer $STEMMA_SECRET_KEY"`}
      />
    </div>
  );
}
