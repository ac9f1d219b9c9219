import Link from "next/link";
import type { ReactNode } from "react";
import {
  layoutDescent,
  layoutHistory,
  type PlacedNode,
  type StemmaEdge,
  type StemmaNode,
} from "./stemma-layout.ts";
import { VariantGlyph } from "./variant-mark.tsx";

type StemmaGraphProps = {
  /** Says what it shows: "Descent of this answer". */
  label: string;
  nodes: readonly StemmaNode[];
  /**
   * "vertical": a history, one node a row, in the order given, newest first.
   * "horizontal": from causes at the left to the result at the right.
   */
  direction?: "vertical" | "horizontal";
  /** Pixels between rows; rows of a list beside it can be set to the same. */
  rowHeight?: number;
  /** Shown at the end of a row of the vertical drawing: labels, dates, buttons. */
  endOf?: (node: StemmaNode) => ReactNode;
};

/** The stemma: where a thing descends from, drawn from stored links, every node leading to what it stands for. */
export function StemmaGraph(props: StemmaGraphProps) {
  return props.direction === "horizontal" ? <Descent {...props} /> : <History {...props} />;
}

function History({ label, nodes, rowHeight = 40, endOf }: StemmaGraphProps) {
  const layout = layoutHistory(nodes);
  const x = (column: number) => LANE / 2 + column * LANE;
  const y = (row: number) => rowHeight / 2 + row * rowHeight;
  const width = layout.columns * LANE;
  return (
    <div className="relative min-w-0">
      <svg
        width={width}
        height={layout.rows * rowHeight}
        className="pointer-events-none absolute top-0 left-0"
        aria-hidden="true"
      >
        {layout.edges.map((edge) => (
          <path key={edge.id} d={historyPath(edge, x, y)} className={edgeClass} />
        ))}
        {layout.nodes.map((placed) => (
          <g key={placed.node.id} transform={`translate(${x(placed.column)} ${y(placed.row)})`}>
            <NodeMark node={placed.node} />
          </g>
        ))}
      </svg>
      <ol aria-label={label}>
        {layout.nodes.map(({ node }) => (
          <li
            key={node.id}
            className="flex items-center gap-3"
            style={{ height: rowHeight, paddingLeft: width + 6 }}
          >
            <NodeLink node={node} className="flex min-w-0 flex-1 items-baseline gap-2 hover:underline">
              <span className="shrink-0 font-medium">{node.label}</span>
              {node.detail && <span className="truncate text-muted">{node.detail}</span>}
            </NodeLink>
            {endOf?.(node)}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Descent({ label, nodes, rowHeight = 48 }: StemmaGraphProps) {
  const layout = layoutDescent(nodes);
  const countIn = (column: number) => layout.nodes.filter((placed) => placed.column === column).length;
  const x = (column: number) => column * COLUMN;
  const y = (placed: Pick<PlacedNode, "column" | "row">) =>
    (placed.row + (layout.rows - countIn(placed.column)) / 2) * rowHeight + rowHeight / 2;
  const leading = new Set(layout.nodes.flatMap((placed) => placed.node.parents));
  const width = layout.columns * COLUMN - GAP;
  const height = layout.rows * rowHeight;
  return (
    <div className="overflow-x-auto py-1">
      <div className="relative" style={{ width, height }}>
        <svg width={width} height={height} className="absolute inset-0" aria-hidden="true">
          {layout.edges.map((edge) => {
            const from = {
              x: x(edge.fromColumn) + COLUMN - GAP,
              y: y({ column: edge.fromColumn, row: edge.fromRow }),
            };
            const to = { x: x(edge.toColumn) - 2, y: y({ column: edge.toColumn, row: edge.toRow }) };
            const middle = (from.x + to.x) / 2;
            return (
              <path
                key={edge.id}
                d={`M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`}
                className={edgeClass}
              />
            );
          })}
        </svg>
        <ol aria-label={label}>
          {layout.nodes.map((placed) => (
            <li
              key={placed.node.id}
              className="absolute flex items-center"
              style={{
                left: x(placed.column),
                top: y(placed) - rowHeight / 2,
                width: COLUMN - GAP,
                height: rowHeight,
              }}
            >
              <NodeLink
                node={placed.node}
                className="flex w-full min-w-0 items-center gap-1.5 rounded-md py-1 hover:bg-hover"
              >
                <svg viewBox="-8 -8 16 16" className="size-4 shrink-0" aria-hidden="true">
                  <NodeMark node={placed.node} />
                </svg>
                <span className="min-w-0">
                  <span className="block truncate text-xs text-muted">{placed.node.kind}</span>
                  <span
                    className={`block truncate ${placed.node.isCurrent ? "font-semibold" : "font-medium"}`}
                  >
                    {placed.node.label}
                    {placed.node.detail && (
                      <span className="font-normal text-muted"> {placed.node.detail}</span>
                    )}
                  </span>
                </span>
                {leading.has(placed.node.id) && (
                  <span className="h-px min-w-2 flex-1 bg-border-strong" aria-hidden="true" />
                )}
              </NodeLink>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function NodeMark({ node }: { node: StemmaNode }) {
  if (node.variantIndex !== undefined) return <VariantGlyph index={node.variantIndex} radius={4.5} />;
  return (
    <circle
      r={node.isCurrent ? 5 : 4}
      fill={node.isCurrent ? "var(--accent)" : "var(--bg)"}
      stroke={node.isCurrent ? "var(--accent)" : "var(--border-strong)"}
      strokeWidth={1.5}
    />
  );
}

function NodeLink({
  node,
  className,
  children,
}: {
  node: StemmaNode;
  className: string;
  children: ReactNode;
}) {
  const title = [node.kind, node.label, node.detail].filter(Boolean).join(" · ");
  if (!node.href) {
    return (
      <span className={className} title={title}>
        {children}
      </span>
    );
  }
  return (
    <Link
      href={node.href}
      title={title}
      aria-current={node.isCurrent ? "true" : undefined}
      prefetch={false}
      className={className}
    >
      {children}
    </Link>
  );
}

function historyPath(edge: StemmaEdge, x: (column: number) => number, y: (row: number) => number): string {
  const start = { x: x(edge.fromColumn), y: y(edge.fromRow) };
  const end = { x: x(edge.toColumn), y: y(edge.toRow) };
  const lane = x(edge.lane);
  const step = y(1) - y(0);
  let path = `M${start.x} ${start.y}`;
  let at = start.y;
  if (lane !== start.x && edge.toRow > edge.fromRow + 1) {
    path += bend(start.x, at, lane, at + step);
    at += step;
  }
  const from = edge.toRow > edge.fromRow + 1 ? lane : start.x;
  if (from === end.x) return `${path}V${end.y}`;
  return `${path}V${end.y - step}${bend(from, end.y - step, end.x, end.y)}`;
}

function bend(fromX: number, fromY: number, toX: number, toY: number): string {
  const middle = (fromY + toY) / 2;
  return `C${fromX} ${middle} ${toX} ${middle} ${toX} ${toY}`;
}

const LANE = 18;
const COLUMN = 208;
const GAP = 44;
const edgeClass = "fill-none stroke-border-strong";
