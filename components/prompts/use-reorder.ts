"use client";

import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { attachClosestEdge, extractClosestEdge } from "@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";

const kind = Symbol("message");

/**
 * Lets an item of a list be dragged by its handle to another's upper or lower edge, and moved with the arrow keys while
 * the handle has the focus, which stays there.
 */
export function useReorder(input: {
  index: number;
  count: number;
  onMove: (from: number, to: number) => void;
}): {
  item: RefObject<HTMLElement | null>;
  handle: RefObject<HTMLButtonElement | null>;
  /** Where the dragged item would land. */
  edge: "top" | "bottom" | null;
  isDragged: boolean;
  onKeyDown: (event: KeyboardEvent) => void;
} {
  const item = useRef<HTMLElement>(null);
  const handle = useRef<HTMLButtonElement>(null);
  const latest = useRef(input);
  latest.current = input;
  const [edge, setEdge] = useState<"top" | "bottom" | null>(null);
  const [isDragged, setDragged] = useState(false);

  useEffect(() => {
    const element = item.current;
    if (!element || !handle.current) return;
    return combine(
      draggable({
        element,
        dragHandle: handle.current,
        getInitialData: () => ({ kind, index: latest.current.index }),
        onDragStart: () => setDragged(true),
        onDrop: () => setDragged(false),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => source.data.kind === kind,
        getData: ({ input }) => attachClosestEdge({}, { element, input, allowedEdges: ["top", "bottom"] }),
        onDrag: ({ self, source }) => setEdge(source.element === element ? null : edgeOf(self.data)),
        onDragLeave: () => setEdge(null),
        onDrop: ({ self, source }) => {
          setEdge(null);
          const from = Number(source.data.index);
          const { index, onMove } = latest.current;
          const before = edgeOf(self.data) === "top" ? index : index + 1;
          const to = before > from ? before - 1 : before;
          if (to !== from) onMove(from, to);
        },
      }),
    );
  }, []);

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    const { index, count, onMove } = latest.current;
    const to = index + step;
    if (step === 0 || event.altKey || to < 0 || to >= count) return;
    event.preventDefault();
    onMove(index, to);
    // The browser takes the focus from an element that is moved in the document.
    requestAnimationFrame(() => handle.current?.focus());
  }

  return { item, handle, edge, isDragged, onKeyDown };
}

function edgeOf(data: Record<string | symbol, unknown>): "top" | "bottom" {
  return extractClosestEdge(data) === "top" ? "top" : "bottom";
}
