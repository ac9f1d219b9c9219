"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef } from "react";
import { layoutHistory, type StemmaEdge, type StemmaNode } from "./stemma-layout.ts";
import { NodeLink, NodeMark } from "./stemma-node.tsx";

type StemmaHistoryProps = {
  /** Says what it shows: "Versions, the newest first". */
  label: string;
  /** One a row, newest first: children before parents. */
  nodes: readonly StemmaNode[];
  rowHeight?: number;
  /** Shown at the end of a row: labels, dates, buttons. */
  endOf?: (node: StemmaNode) => ReactNode;
  /** Called when the last rows come into sight. */
  onEnd?: () => void;
  className?: string;
};

/** A history as a stemma, in a box that scrolls; only the rows in sight are drawn, so it may be of any length. */
export function StemmaHistory(props: StemmaHistoryProps) {
  const { label, nodes, rowHeight = 40, endOf, onEnd, className } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const layout = useMemo(() => layoutHistory(nodes), [nodes]);
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => nodes[index]?.id ?? index,
    overscan: 6,
    initialRect: { width: 360, height: 432 },
    onChange: (instance) => {
      const end = instance.getVirtualItems().at(-1)?.index ?? 0;
      if (end >= nodes.length - 8 && nodes.length > 0) onEnd?.();
    },
  });
  const x = (column: number) => LANE / 2 + column * LANE;
  const y = (row: number) => rowHeight / 2 + row * rowHeight;
  const width = layout.columns * LANE;
  const rows = virtual.getVirtualItems();
  const [top, bottom] = [rows[0]?.index ?? 0, rows.at(-1)?.index ?? 0];
  const edges = layout.edges.filter((edge) => edge.toRow >= top && edge.fromRow <= bottom);
  return (
    <div ref={scroller} className={className}>
      <div className="relative min-w-0" style={{ height: virtual.getTotalSize() }}>
        <svg
          width={width}
          height={virtual.getTotalSize()}
          className="pointer-events-none absolute top-0 left-0"
          aria-hidden="true"
        >
          {edges.map((edge) => (
            <path key={edge.id} d={historyPath(edge, x, y)} className="fill-none stroke-border-strong" />
          ))}
          {layout.nodes.slice(top, bottom + 1).map((placed) => (
            <g key={placed.node.id} transform={`translate(${x(placed.column)} ${y(placed.row)})`}>
              <NodeMark node={placed.node} />
            </g>
          ))}
        </svg>
        <ol aria-label={label}>
          {rows.map(({ index, key, start }) => {
            const node = nodes[index]!;
            return (
              <li
                key={key}
                aria-setsize={nodes.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 flex items-center gap-3"
                style={{ top: start, height: rowHeight, paddingLeft: width + 6 }}
              >
                <NodeLink node={node} className="flex min-w-0 flex-1 items-baseline gap-2 hover:underline">
                  <span className="shrink-0 font-medium">{node.label}</span>
                  {node.detail && <span className="truncate text-muted">{node.detail}</span>}
                </NodeLink>
                {endOf?.(node)}
              </li>
            );
          })}
        </ol>
      </div>
    </div>
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
