import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatNumber } from "#components/ui/format.ts";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { CopyReport } from "./copy-report.tsx";

/** Each formula with the values that went in, and the way to the same verdict from the sums alone. */
export function TrustFooter({ report, origin }: { report: ReportJson; origin: string }) {
  const { test, sums, health } = report;
  const url = `${origin}/api/v1/ab-tests/${test.key}/evidence`;
  const steps = report.metrics.flatMap((metric) =>
    metric.comparisons.flatMap((comparison) => stepsOf(report, metric, comparison)),
  );
  return (
    <div className="flex max-w-4xl flex-col gap-5">
      <ul className="flex max-w-prose list-disc flex-col gap-1 pl-5 text-sm text-muted">
        <li>
          Mean per trace: R = ΣS/ΣN over units; V(R) = K/(K−1) · (ΣS² − 2RΣNS + R²ΣN²)/(ΣN)², robust to many
          traces of one unit.
        </li>
        <li>Quantiles: log-bucket histograms, delete-a-group jackknife over 100 hashed groups of units.</li>
        <li>
          Interval: D ± m·SE with m = √((1 + 1/x)(ln(1 + x) + 2 ln(1/α))), x = τ²/SE²; it holds at every look.
          Evidence: E = (1 + x)^(−½) · exp(z²x / (2(1 + x))).
        </li>
        <li>Percent: Fieller’s interval with the same m, so it agrees with the absolute one about zero.</li>
        <li>
          Split: Dirichlet-multinomial Bayes factor, averaged over k ∈ {"{100, 1,000, 10,000}"}; alarm at 100,
          now{" "}
          {health.splitLogBayesFactor === null
            ? "beyond doubt"
            : formatNumber(Math.exp(Math.min(30, health.splitLogBayesFactor)))}
          .
        </li>
      </ul>
      {steps.length > 0 && <CodeBlock label="With the values" code={steps.join("\n")} />}
      <div className="flex flex-col gap-2" data-print="hide">
        <p className="flex flex-wrap items-center gap-3 text-sm">
          Compute the verdict again from the sums: fetch them, then run Stemma’s own code over the file,
          offline.
          <CopyReport report={report} />
        </p>
        <CodeBlock
          label="Reproduce"
          code={`curl -s ${url} -H "Authorization: Bearer $STEMMA_SECRET_KEY" > evidence.json
npm run -s verdict -- evidence.json`}
        />
        <details>
          <summary className="cursor-default text-sm text-muted select-none hover:text-text">
            The sums, per variant, phase and measure
          </summary>
          <CodeBlock
            className="mt-2"
            label="Sums"
            code={JSON.stringify(
              { abTestKey: test.key, design: test.design, metrics: test.metrics, sums },
              null,
              2,
            )}
          />
        </details>
      </div>
    </div>
  );
}

type MetricJson = ReportJson["metrics"][number];

function stepsOf(
  { test, sums }: ReportJson,
  metric: MetricJson,
  { variantKey, estimate }: MetricJson["comparisons"][number],
): string[] {
  if (!estimate || !metric.scale) return [];
  const title = `${metric.id}, ${variantKey} − ${test.variants[0]?.key}`;
  const { difference, standardError, multiplier, informationRatio, lower, upper, alpha, logEValue } =
    estimate;
  if (standardError === null || multiplier === null)
    return [
      title,
      `  few events: beta-binomial intervals of the shares of units with any, α = ${formatNumber(alpha)}, subtracted: [${formatNumber(lower)}, ${formatNumber(upper)}]`,
    ];
  const measure = metric.id.replace(/\.(per_unit|p\d\d)$/, "");
  const ofArm = [test.variants[0]?.key, variantKey].flatMap((key) => {
    const own = sums.filter((each) => each.variantKey === key);
    const cell = own.length === 1 ? own[0]?.measures[measure] : undefined;
    return cell && metric.statistic === "mean"
      ? [
          `  ${key}: K = ${formatNumber(cell.k)}, ΣN = ${formatNumber(cell.n)}, ΣS = ${formatNumber(cell.s)}, R = ${formatNumber(cell.s / cell.n)}`,
        ]
      : [];
  });
  return [
    title,
    ...ofArm,
    `  D = ${formatNumber(difference)}   SE = ${formatNumber(standardError)}   τ = ${formatNumber(metric.scale.tau)}   α = ${formatNumber(alpha)}   z = ${formatNumber(difference / standardError)}`,
    `  x = τ²/SE² = ${formatNumber(informationRatio ?? 0)}   m = ${formatNumber(multiplier)}   E = ${formatNumber(Math.exp(Math.min(60, logEValue ?? 0)))}`,
    `  D ± m·SE = [${formatNumber(lower)}, ${formatNumber(upper)}]`,
  ];
}
