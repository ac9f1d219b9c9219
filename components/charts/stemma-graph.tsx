import { layoutDescent, type PlacedNode, type StemmaNode } from "./stemma-layout.ts";
import { NodeLink, NodeMark } from "./stemma-node.tsx";

type StemmaGraphProps = {
  /** Says what it shows: "Descent of this answer". */
  label: string;
  nodes: readonly StemmaNode[];
  rowHeight?: number;
};

/**
 * The stemma from causes at the left to the result at the right: where a thing descends from, drawn from stored links,
 * every node leading to what it stands for. A history is drawn by `StemmaHistory`.
 */
export function StemmaGraph({ label, nodes, rowHeight = 48 }: StemmaGraphProps) {
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

const COLUMN = 208;
const GAP = 44;
const edgeClass = "fill-none stroke-border-strong";
