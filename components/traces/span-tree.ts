import type { Operation } from "#lib/traces/span.ts";
import { buildTree, flattenTree } from "#lib/traces/tree.ts";

/** What the tree shows of a span: little, for a trace may have ten thousand. */
export type TreeSpan = {
  spanId: string;
  parentSpanId: string | null;
  name: string;
  operation: Operation;
  status: "ok" | "error";
  startTimeUs: number;
  /** Null while the span has not ended. */
  durationUs: number | null;
};

export type TreeRow = {
  span: TreeSpan;
  depth: number;
  /** How many rows below belong to it, at any depth. */
  descendantCount: number;
};

/** The spans in the order of the tree: parents before children, siblings by start. */
export function layoutSpans(spans: readonly TreeSpan[]): TreeRow[] {
  const rows = flattenTree(buildTree(spans)).map(({ span, depth }) => ({ span, depth, descendantCount: 0 }));
  return countDescendants(rows);
}

/** The rows that are not inside a collapsed one. */
export function visibleRows(rows: readonly TreeRow[], collapsed: ReadonlySet<string>): TreeRow[] {
  const visible: TreeRow[] = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    visible.push(row);
    if (collapsed.has(row.span.spanId)) at += row.descendantCount;
  }
  return visible;
}

/** The first and last moment of a trace in microseconds; a span that has not ended counts as a point. */
export function traceBounds(spans: readonly TreeSpan[]): { startUs: number; durationUs: number } {
  let startUs = Number.POSITIVE_INFINITY;
  let endUs = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    startUs = Math.min(startUs, span.startTimeUs);
    endUs = Math.max(endUs, span.startTimeUs + (span.durationUs ?? 0));
  }
  return spans.length === 0 ? { startUs: 0, durationUs: 0 } : { startUs, durationUs: endUs - startUs };
}

function countDescendants(rows: TreeRow[]): TreeRow[] {
  const open: { row: TreeRow; at: number }[] = [];
  const close = (depth: number, at: number) => {
    while (open.length > 0 && open.at(-1)!.row.depth >= depth) {
      const { row, at: from } = open.pop()!;
      row.descendantCount = at - from - 1;
    }
  };
  rows.forEach((row, at) => {
    close(row.depth, at);
    open.push({ row, at });
  });
  close(0, rows.length);
  return rows;
}
