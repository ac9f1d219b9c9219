"use client";

import { type RefObject, useEffect, useEffectEvent, useState } from "react";
import { isPageKey } from "./keyboard.ts";

type RowKeys = {
  container: RefObject<HTMLElement | null>;
  search: RefObject<HTMLInputElement | null>;
  rowCount: number;
  scrollTo: (index: number) => void;
  open: (index: number) => void;
  select?: (index: number) => void;
  /** Whether j, k, x and / work before the table has the focus. One table a page may say yes. */
  hasPageKeys: boolean;
};

/**
 * j and k move over the rows (arrows, Home and End too, once a row has the focus), enter opens, x selects, / searches.
 * Returns the index of the row that tabbing reaches.
 */
export function useRowKeys(keys: RowKeys): number {
  const [active, setActive] = useState(0);
  const [wanted, setWanted] = useState<number | null>(null);
  const last = Math.max(0, keys.rowCount - 1);

  useEffect(() => {
    if (wanted === null) return;
    const row = keys.container.current?.querySelector<HTMLElement>(`[data-row="${wanted}"]`);
    if (!row) return;
    row.focus();
    setWanted(null);
  });

  function move(index: number) {
    const next = Math.max(0, Math.min(last, index));
    setActive(next);
    setWanted(next);
    keys.scrollTo(next);
  }

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!isPageKey(event) || keys.rowCount === 0) return;
    const focused = document.activeElement?.closest<HTMLElement>("[data-row]");
    const isInside = focused !== null && focused !== undefined && keys.container.current?.contains(focused);
    if (!isInside && !keys.hasPageKeys) return;
    const at = isInside ? Number(focused.dataset.row) : null;
    const isOnRow = focused === document.activeElement;

    const act = actionOf(event.key, at, isOnRow, last);
    if (act === null) return;
    event.preventDefault();
    if (act === "search") keys.search.current?.focus();
    else if (act === "open" && at !== null) keys.open(at);
    else if (act === "select" && at !== null) keys.select?.(at);
    else if (typeof act === "number") move(act);
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  return Math.min(active, last);
}

type RowAction = number | "open" | "select" | "search" | null;

function actionOf(key: string, at: number | null, isOnRow: boolean, last: number): RowAction {
  if (key === "/") return "search";
  if (key === "j") return at === null ? 0 : at + 1;
  if (key === "k") return at === null ? last : at - 1;
  if (at === null) return null;
  if (key === "x") return "select";
  if (key === "ArrowDown") return at + 1;
  if (key === "ArrowUp") return at - 1;
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key === "Enter" && isOnRow) return "open";
  return null;
}
