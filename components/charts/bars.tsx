import Link from "next/link";
import { VariantMark } from "./variant-mark.tsx";
import { variantShape } from "./variant-shape.ts";

export type Bar = {
  id: string;
  label: string;
  value: number;
  /** After the number: "n = 120", "12%". */
  detail?: string;
  variantIndex?: number;
  href?: string;
};

type BarsProps = {
  /** What is counted, with its unit. */
  label: string;
  bars: readonly Bar[];
  /** With the unit. */
  format: (value: number) => string;
  /** The value of a full bar; the largest value when left out. */
  maximum?: number;
};

/** Amounts side by side as horizontal bars from zero; a table whose middle column is drawn. */
export function Bars({ label, bars, format, maximum }: BarsProps) {
  const full = maximum ?? Math.max(...bars.map((bar) => bar.value), 0);
  return (
    <table aria-label={label} className="w-full border-separate border-spacing-0 text-sm tabular-nums">
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.id}>
            <th scope="row" className="max-w-48 truncate py-1 pr-3 text-left font-normal whitespace-nowrap">
              {bar.href ? (
                <Link href={bar.href} className="hover:underline">
                  {bar.label}
                </Link>
              ) : bar.variantIndex === undefined ? (
                bar.label
              ) : (
                <VariantMark index={bar.variantIndex} name={bar.label} />
              )}
            </th>
            <td className="w-full py-1" aria-hidden="true">
              <div
                className="h-3 min-w-px rounded-r-sm bg-accent"
                style={{
                  width: `${full > 0 ? (Math.max(0, bar.value) / full) * 100 : 0}%`,
                  background:
                    bar.variantIndex === undefined ? undefined : variantShape(bar.variantIndex).color,
                }}
              />
            </td>
            <td className="py-1 pl-3 text-right whitespace-nowrap">
              {format(bar.value)}
              {bar.detail && <span className="ml-2 text-xs text-muted">{bar.detail}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
