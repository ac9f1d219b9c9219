"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import type { MouseEvent } from "react";
import { Checkbox } from "./checkbox.tsx";
import { classNames } from "./class-names.ts";
import type { DataColumn } from "./data-columns.ts";

type DataTableRowProps<T> = {
  row: T;
  index: number;
  height: number;
  columns: readonly DataColumn<T>[];
  href?: string;
  onOpen?: (row: T) => void;
  isActive: boolean;
  isMuted: boolean;
  selection?: { isSelected: boolean; toggle: (isSelected: boolean) => void };
};

/** One row: the whole of it opens, its first column is the link that middle-click and screen readers need. */
export function DataTableRow<T>(props: DataTableRowProps<T>) {
  const { row, index, height, columns, href, onOpen, isActive, isMuted, selection } = props;
  const router = useRouter();

  function openByPress(event: MouseEvent) {
    if (!onOpen || !(event.target instanceof Element)) return;
    if (event.target.closest("a, button, input, label, [role=checkbox]")) return;
    if (String(getSelection() ?? "") !== "") return;
    if (href && (event.metaKey || event.ctrlKey)) window.open(href, "_blank", "noopener");
    else onOpen(row);
  }

  return (
    <tr
      data-row={index}
      aria-rowindex={index + 2}
      aria-selected={selection?.isSelected}
      tabIndex={isActive ? 0 : -1}
      onClick={openByPress}
      onMouseEnter={href ? () => router.prefetch(href) : undefined}
      className={classNames(
        "-outline-offset-2 hover:bg-hover focus-visible:bg-hover aria-selected:bg-accent-soft",
        onOpen && "cursor-default",
        isMuted && "text-muted",
      )}
      style={{ height }}
    >
      {selection && (
        <td className={cellClass}>
          <Checkbox
            aria-label="Select row"
            tabIndex={-1}
            isChecked={selection.isSelected}
            onCheckedChange={selection.toggle}
          />
        </td>
      )}
      {columns.map((column, place) => {
        const content = column.cell ? column.cell(row) : column.value(row)?.toString();
        return (
          <td key={column.id} className={classNames(cellClass, column.isNumeric && "text-right")}>
            {place === 0 && href ? (
              <Link
                href={href}
                prefetch={false}
                tabIndex={-1}
                className="font-medium text-text hover:underline hover:underline-offset-3"
              >
                {content}
              </Link>
            ) : place === 0 && onOpen ? (
              <button
                type="button"
                tabIndex={-1}
                onClick={() => onOpen(row)}
                className="max-w-full truncate text-left font-medium hover:underline hover:underline-offset-3"
              >
                {content}
              </button>
            ) : (
              content
            )}
          </td>
        );
      })}
    </tr>
  );
}

const cellClass = "overflow-hidden border-b border-border px-2 text-ellipsis whitespace-nowrap first:pl-1";
