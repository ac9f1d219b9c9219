import { formatShare } from "../ui/format.ts";
import { VariantMark } from "./variant-mark.tsx";

type StackedSharesProps = {
  levels: readonly string[];
  rows: readonly { variantIndex: number; n: number; shares: Record<string, number> }[];
};

/** Shares of a whole, one bar a variant. Each part is told apart by its pattern and place, not by color alone. */
export function StackedShares({ levels, rows }: StackedSharesProps) {
  return (
    <div className="flex flex-col gap-2 text-sm">
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {levels.map((level, index) => (
          <li key={level} className="inline-flex items-center gap-1.5">
            <svg width="14" height="12" aria-hidden="true">
              <Fill x="0" width="14" height={12} index={index} />
            </svg>
            {level}
          </li>
        ))}
      </ul>
      {rows.map(({ variantIndex, n, shares }) => {
        let from = 0;
        return (
          <div key={variantIndex} className="grid grid-cols-[3rem_1fr_auto] items-center gap-3">
            <VariantMark index={variantIndex} />
            <svg width="100%" height="22" aria-hidden="true" className="block">
              {levels.map((level, index) => {
                const share = shares[level] ?? 0;
                const x = from;
                from += share;
                return (
                  <g key={level}>
                    <Fill x={`${100 * x}%`} width={`${100 * share}%`} height={22} index={index} />
                    {share > 0.12 && (
                      <text
                        x={`${100 * (x + share / 2)}%`}
                        y={15}
                        textAnchor="middle"
                        className="fill-text text-xs"
                        paintOrder="stroke"
                        stroke="var(--bg)"
                        strokeWidth={3}
                      >
                        {formatShare(share, 0)}
                      </text>
                    )}
                  </g>
                );
              })}
            </svg>
            <span className="text-xs text-muted tabular-nums">n = {n.toLocaleString("en")}</span>
          </div>
        );
      })}
    </div>
  );
}

type FillProps = { x: string; width: string; height: number; index: number };

function Fill({ x, width, height, index }: FillProps) {
  const strength = [0.85, 0.5, 0.25, 0.12][index % 4];
  return (
    <>
      <rect
        x={x}
        width={width}
        height={height}
        fill="var(--accent)"
        fillOpacity={strength}
        stroke="var(--bg)"
      />
      {index % 2 === 1 && (
        <rect
          x={x}
          width={width}
          height={height}
          fill="none"
          stroke="var(--border-strong)"
          strokeDasharray="2 2"
        />
      )}
    </>
  );
}
