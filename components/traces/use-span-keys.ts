"use client";

import { useEffect, useEffectEvent } from "react";
import { isPageKey } from "#components/ui/keyboard.ts";
import type { TreeRow } from "./span-tree.ts";

type SpanKeys = {
  rows: readonly TreeRow[];
  selectedId: string;
  collapsed: ReadonlySet<string>;
  onSelect: (spanId: string) => void;
  onToggle: (spanId: string) => void;
  onNeighbor: (which: "next" | "previous") => void;
};

/** ↑ and ↓ move over the spans, ← closes or goes to the parent, → opens or goes inside; n and p change the trace. */
export function useSpanKeys(keys: SpanKeys): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!isPageKey(event) || event.shiftKey) return;
    // Tabs and other lists have arrow keys of their own.
    if (event.target instanceof Element && event.target.closest("[role=tablist], pre")) return;
    if (event.key === "n" || event.key === "p") {
      event.preventDefault();
      keys.onNeighbor(event.key === "n" ? "next" : "previous");
      return;
    }
    const at = keys.rows.findIndex((row) => row.span.spanId === keys.selectedId);
    const move = moveOf(event.key, keys.rows, at, keys.collapsed);
    if (!move) return;
    event.preventDefault();
    if (move.type === "toggle") keys.onToggle(keys.selectedId);
    else keys.onSelect(keys.rows[move.to]!.span.spanId);
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

type Move = { type: "toggle" } | { type: "select"; to: number } | null;

/** What a key does at row `at` of the visible rows; null when it does nothing. Pure. */
export function moveOf(
  key: string,
  rows: readonly TreeRow[],
  at: number,
  collapsed: ReadonlySet<string>,
): Move {
  const row = rows[at];
  if (!row) return null;
  const select = (to: number): Move => (rows[to] && to !== at ? { type: "select", to } : null);
  const isCollapsed = collapsed.has(row.span.spanId);
  switch (key) {
    case "ArrowDown":
      return select(at + 1);
    case "ArrowUp":
      return select(at - 1);
    case "Home":
      return select(0);
    case "End":
      return select(rows.length - 1);
    case "ArrowRight":
      if (row.descendantCount === 0) return null;
      return isCollapsed ? { type: "toggle" } : select(at + 1);
    case "ArrowLeft": {
      if (row.descendantCount > 0 && !isCollapsed) return { type: "toggle" };
      return select(rows.findLastIndex((above, index) => index < at && above.depth === row.depth - 1));
    }
    default:
      return null;
  }
}
