import { Table, Td, Th } from "#components/ui/table.tsx";
import type { AftermathMetric } from "#lib/abtests/check-aftermath.ts";
import { formatValue } from "#lib/abtests/format-metric.ts";

/** The winner's promise and what came of it. */
export function AftermathTable({
  winnerKey,
  metrics,
}: {
  winnerKey: string;
  metrics: readonly AftermathMetric[];
}) {
  return (
    <section aria-label="Since the promotion" className="mb-6">
      <h3 className="text-sm font-medium">Since the promotion</h3>
      {metrics.length === 0 ? (
        <p className="max-w-prose text-sm text-muted">
          Whether {winnerKey} keeps its promise shows here after a hundred traces outside the test.
        </p>
      ) : (
        <>
          <p className="mb-2 max-w-prose text-sm text-muted">
            Before and after, not randomized: it can raise a question and settles none.
          </p>
          <Table label="Since the promotion">
            <thead>
              <tr>
                <Th>Metric</Th>
                <Th isNumeric>{winnerKey} in the test</Th>
                <Th isNumeric>interval</Th>
                <Th isNumeric>since</Th>
                <Th>inside it?</Th>
              </tr>
            </thead>
            <tbody>
              {metrics.map(({ id, label, unit, promised, since }) => {
                const { value, lower, upper } = promised;
                return (
                  <tr key={id}>
                    <Th scope="row" className="whitespace-normal text-text">
                      {label}
                    </Th>
                    <Td isNumeric>{value === null ? "–" : formatValue(value, unit)}</Td>
                    <Td isNumeric>
                      {lower === null || upper === null
                        ? "–"
                        : `${formatValue(lower, unit)} to ${formatValue(upper, unit)}`}
                    </Td>
                    <Td isNumeric className="font-medium">
                      {formatValue(since, unit)}
                    </Td>
                    <Td>
                      {lower === null || upper === null
                        ? "no interval"
                        : since < lower
                          ? "below"
                          : since > upper
                            ? "above"
                            : "yes"}
                    </Td>
                  </tr>
                );
              })}
            </tbody>
          </Table>
        </>
      )}
    </section>
  );
}
