import Link from "next/link";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th } from "#components/ui/table.tsx";
import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatSize, formatValue } from "#lib/abtests/format-metric.ts";

type VariantTableProps = {
  report: ReportJson;
  /** The list of traces, to which the variant's key is added. */
  tracesBase: string;
};

/** Each variant by itself: what was served, and how it went. */
export function VariantTable({ report, tracesBase }: VariantTableProps) {
  const metrics = report.variants[0]?.metrics ?? [];
  const shown = metrics.filter((metric) =>
    report.variants.some((variant) => variant.metrics.find((each) => each.id === metric.id)?.value !== null),
  );
  return (
    <Table label="Variants">
      <thead>
        <tr>
          <Th>Measure</Th>
          {report.variants.map(({ variantKey }, index) => (
            <Th key={variantKey} isNumeric>
              <VariantMark index={index} name={report.test.variants[index]?.name || undefined} />
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <Th scope="row">Units</Th>
          {report.variants.map(({ variantKey, units }) => (
            <Td key={variantKey} isNumeric>
              {formatCount(units)}
            </Td>
          ))}
        </tr>
        <tr>
          <Th scope="row">Traces</Th>
          {report.variants.map(({ variantKey, traces }) => (
            <Td key={variantKey} isNumeric>
              <Link href={`${tracesBase}${variantKey}`} className="link">
                {formatCount(traces)}
              </Link>
            </Td>
          ))}
        </tr>
        {shown.map((metric) => (
          <tr key={metric.id}>
            <Th scope="row" className="max-sm:whitespace-normal">
              {metric.id.startsWith("score:") ? `${metric.label} (score)` : metric.label}
            </Th>
            {report.variants.map(({ variantKey, metrics: own }) => {
              const value = own.find((each) => each.id === metric.id);
              return (
                <Td key={variantKey} isNumeric className="align-top">
                  {value && value.value !== null ? formatValue(value.value, metric.unit) : "—"}
                  {value && value.value !== null && value.lower !== null && value.upper !== null && (
                    <span className="block text-xs text-muted sm:whitespace-nowrap">
                      ± {formatSize((value.upper - value.lower) / 2, metric.unit)}, n ={" "}
                      {formatCount(value.observations)}
                    </span>
                  )}
                </Td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
