"use client";

import { type ReactNode, useState } from "react";

type ChartFrameProps = {
  title: ReactNode;
  /** What the marks mean, where their labels do not say it. */
  note?: ReactNode;
  /** Choices beside the title. */
  controls?: ReactNode;
  /** The same numbers as a table: one press of T away, in full. */
  table: ReactNode;
  children: ReactNode;
};

/** A plot with its title and, at the press of T or a button, its table. Print shows the plot. */
export function ChartFrame({ title, note, controls, table, children }: ChartFrameProps) {
  const [isTable, setTable] = useState(false);
  return (
    <figure
      className="min-w-0 break-inside-avoid"
      onKeyDown={(event) => {
        const isTyping =
          event.target instanceof HTMLElement && event.target.closest("input, textarea, [role=listbox]");
        if (event.key === "t" && !event.metaKey && !event.ctrlKey && !isTyping) setTable(!isTable);
      }}
    >
      <figcaption className="mb-1 flex flex-wrap items-center justify-between gap-x-3 gap-y-1 text-xs text-muted">
        <span className="font-medium text-text">{title}</span>
        <span className="ml-auto flex items-center gap-2" data-print="hide">
          {controls}
          <button
            type="button"
            aria-pressed={isTable}
            title="Press T with the plot in focus"
            className="rounded-sm px-1 py-0.5 hover:text-text"
            onClick={() => setTable(!isTable)}
          >
            {isTable ? "Plot" : "Table"}
          </button>
        </span>
      </figcaption>
      {isTable ? <div className="max-h-96 overflow-auto">{table}</div> : children}
      {note && <div className="mt-1 max-w-prose text-xs text-muted">{note}</div>}
    </figure>
  );
}
