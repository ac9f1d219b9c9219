"use client";

import { useEffect, useEffectEvent } from "react";

type PlaygroundKeys = {
  onRun: () => void;
  onRunColumn: (columnId: string | null) => void;
  onStop: () => void;
  /** Moves the focus to the column before (−1) or after (1). */
  onMove: (from: string | null, step: 1 | -1) => void;
};

/**
 * ⌘↵ runs all, ⌘⇧↵ the column that has the focus, ⌘. stops, alt and an arrow goes to the neighboring column. Heard
 * before the editors, for which ⌘↵ is a new line. In a text on a Mac, alt and an arrow keep meaning a word.
 */
export function usePlaygroundKeys({ onRun, onRunColumn, onStop, onMove }: PlaygroundKeys): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.isComposing || document.querySelector("[role=dialog], [role=alertdialog]")) return;
    const target = event.target instanceof Element ? event.target : null;
    const columnId = target?.closest<HTMLElement>("[data-column]")?.dataset.column ?? null;
    const hasCommand = event.metaKey || event.ctrlKey;
    if (hasCommand && event.key === "Enter" && !event.altKey) {
      if (target?.closest("[data-own-enter]")) return;
      if (event.shiftKey) onRunColumn(columnId);
      else onRun();
    } else if (hasCommand && event.key === "." && !event.shiftKey && !event.altKey) onStop();
    else if (event.altKey && !hasCommand && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const isInText = target?.closest("input, textarea, [contenteditable=true]") !== null && target !== null;
      if (isInText && /Mac|iPhone|iPad/.test(navigator.userAgent)) return;
      onMove(columnId, event.key === "ArrowLeft" ? -1 : 1);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, []);
}
