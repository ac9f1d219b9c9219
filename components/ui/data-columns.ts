import type { SortingState } from "@tanstack/react-table";
import type { ReactNode } from "react";
import type { CsvValue } from "./csv.ts";

export type DataColumn<T> = {
  id: string;
  header: string;
  /** What is sorted, searched and exported. Times as ISO text, numbers as numbers. */
  value: (row: T) => CsvValue;
  /** What is shown; the value itself when left out. */
  cell?: (row: T) => ReactNode;
  isNumeric?: boolean;
  /** CSS length. Numeric columns take 7rem, the others share what is left, when none is given. */
  width?: string;
  isSortable?: boolean;
  isHiddenAtFirst?: boolean;
};

export type DataSort = { columnId: string; isDescending: boolean };

/** The rows in which every word of the text occurs in some column, letter case aside. */
export function matchingRows<T>(rows: readonly T[], columns: readonly DataColumn<T>[], text: string): T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows.slice();
  return rows.filter((row) => {
    const haystack = columns
      .map((column) => column.value(row) ?? "")
      .join("\n")
      .toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

export function toSorting(sort: DataSort | null): SortingState {
  return sort ? [{ id: sort.columnId, desc: sort.isDescending }] : [];
}

export function toSort([first]: SortingState): DataSort | null {
  return first ? { columnId: first.id, isDescending: first.desc } : null;
}

/** The CSS length below which a column is not squeezed: the table scrolls sideways instead. */
export function minimumWidth(column: { width?: string; isNumeric?: boolean }): string {
  return column.width ?? (column.isNumeric ? "7rem" : "9rem");
}
