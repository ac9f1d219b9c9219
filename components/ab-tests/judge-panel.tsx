import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { IntervalPlot } from "#components/charts/interval-plot.tsx";
import { StackedShares } from "#components/charts/stacked-shares.tsx";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { formatCount, formatNumber, formatShare } from "#components/ui/format.ts";
import { Table, Td, Th } from "#components/ui/table.tsx";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatDifference } from "#lib/abtests/format-metric.ts";

/** How far a judge agrees with people, the lift without its bias, and what people answer in words. */
export function JudgePanel({ report }: { report: ReportJson }) {
  const { judges, categories, test } = report;
  const indexOf = (key: string) => test.variants.findIndex((variant) => variant.key === key);
  if (judges.length === 0 && categories.length === 0)
    return (
      <p className="max-w-prose text-sm text-muted">
        No judge and no labels yet. Where a judge scores answers and people score some of the same, this shows
        how far they agree, and the difference corrected by the people’s.
      </p>
    );
  return (
    <div className="flex flex-col gap-8">
      {judges.map((judge) => (
        <section key={judge.score} aria-label={`Judge of ${judge.score}`} className="flex flex-col gap-3">
          <h3 className="text-sm font-medium">{judge.score}</h3>
          <Table label={`Judge and people on ${judge.score}`}>
            <thead>
              <tr>
                <Th>Variant</Th>
                <Th isNumeric>judged</Th>
                <Th isNumeric>judge’s mean</Th>
                <Th isNumeric>labelled by people</Th>
                <Th isNumeric>people’s mean</Th>
                <Th isNumeric>people minus judge</Th>
                <Th isNumeric>apart on average</Th>
                <Th isNumeric>corrected</Th>
              </tr>
            </thead>
            <tbody>
              {judge.arms.map((arm) => (
                <tr key={arm.variantKey}>
                  <Td>
                    <VariantMark index={indexOf(arm.variantKey)} />
                  </Td>
                  <Td isNumeric>{formatCount(arm.judged)}</Td>
                  <Td isNumeric>{numberText(arm.judgeMean)}</Td>
                  <Td isNumeric>{formatCount(arm.labelled)}</Td>
                  <Td isNumeric>{numberText(arm.personMean)}</Td>
                  <Td isNumeric>{arm.meanGap === null ? "–" : formatDifference(arm.meanGap, "points")}</Td>
                  <Td isNumeric>{numberText(arm.meanAbsoluteGap)}</Td>
                  <Td isNumeric>
                    {arm.corrected
                      ? `${formatNumber(arm.corrected.value)} ± ${formatNumber(arm.corrected.standardError)}`
                      : "too few labels"}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
          <IntervalPlot
            title="Difference from A, interval valid at every look"
            unit="points"
            format={(value) => formatDifference(value, "points")}
            rows={judge.comparisons.flatMap(({ variantKey, judge: own, corrected }) => [
              {
                id: `${variantKey}/judge`,
                label: `${variantKey} as the judge sees it`,
                estimate: own?.difference ?? null,
                low: own?.lower ?? null,
                high: own?.upper ?? null,
              },
              {
                id: `${variantKey}/corrected`,
                label: `${variantKey} corrected by people`,
                estimate: corrected?.difference ?? null,
                low: corrected?.lower ?? null,
                high: corrected?.upper ?? null,
                note: corrected ? undefined : "needs more labels by people",
              },
            ])}
          />
        </section>
      ))}
      {categories.map((category) => (
        <section key={category.score} aria-label={`Answers of ${category.score}`}>
          <ChartFrame
            title={`${category.score}: share of each answer`}
            note={
              <ul>
                {category.comparisons.map(({ variantKey, logEValue }) => (
                  <li key={variantKey}>
                    {variantKey} against A, all answers together:{" "}
                    {logEValue === null
                      ? "cannot be compared yet"
                      : `evidence ${formatNumber(Math.exp(Math.min(30, logEValue)))} to 1 against the same shares`}
                  </li>
                ))}
              </ul>
            }
            table={<CategoryTable category={category} />}
          >
            <StackedShares
              levels={category.levels}
              rows={category.arms.map((arm) => ({
                variantIndex: indexOf(arm.variantKey),
                n: arm.observations,
                shares: arm.shares,
              }))}
            />
          </ChartFrame>
        </section>
      ))}
    </div>
  );
}

function CategoryTable({ category }: { category: ReportJson["categories"][number] }) {
  return (
    <Table label={`${category.score} by answer`}>
      <thead>
        <tr>
          <Th>Answer</Th>
          {category.arms.map((arm) => (
            <Th key={arm.variantKey} isNumeric>
              {arm.variantKey}
            </Th>
          ))}
          {category.comparisons.map(({ variantKey }) => (
            <Th key={variantKey} isNumeric>
              {variantKey} − A
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {category.levels.map((level) => (
          <tr key={level}>
            <Th scope="row">{level}</Th>
            {category.arms.map((arm) => (
              <Td key={arm.variantKey} isNumeric>
                {formatShare(arm.shares[level] ?? 0)}
              </Td>
            ))}
            {category.comparisons.map(({ variantKey, levels }) => {
              const own = levels.find((each) => each.level === level);
              return (
                <Td key={variantKey} isNumeric>
                  {own && own.lower !== null && own.upper !== null
                    ? `${formatDifference(own.lower, "share")} to ${formatDifference(own.upper, "share")}`
                    : "–"}{" "}
                  {own?.isDifferent && <Badge tone="accent">differs</Badge>}
                </Td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function numberText(value: number | null): string {
  return value === null ? "–" : formatNumber(value);
}
