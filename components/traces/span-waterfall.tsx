"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronRight } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { countOf, formatDuration } from "#components/ui/format.ts";
import { OperationIcon } from "./operation-icon.tsx";
import type { TreeRow } from "./span-tree.ts";

type SpanWaterfallProps = {
  rows: readonly TreeRow[];
  bounds: { startUs: number; durationUs: number };
  selectedId: string;
  collapsed: ReadonlySet<string>;
  onSelect: (spanId: string) => void;
  onToggle: (spanId: string) => void;
};

/** Tree and timeline in one: names indented by depth, bars where and how long. Only rows in view are in the page. */
export function SpanWaterfall(props: SpanWaterfallProps) {
  const { rows, bounds, selectedId, collapsed, onSelect, onToggle } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.span.spanId ?? index,
    overscan: 15,
    initialRect: { width: 600, height: 700 },
  });

  const selectedIndex = rows.findIndex((row) => row.span.spanId === selectedId);
  useEffect(() => {
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex, { align: "auto" });
  }, [selectedIndex, virtual]);

  return (
    <div className="min-w-0 border-t border-border">
      <TimeAxis durationUs={bounds.durationUs} />
      <div
        ref={scroller}
        role="tree"
        aria-label="Spans"
        // The selected span is announced, not focused: 10,000 rows would make a poor tab order.
        aria-activedescendant={selectedIndex >= 0 ? rowId(selectedId) : undefined}
        tabIndex={0}
        className="max-h-[40dvh] overflow-y-auto overscroll-contain -outline-offset-2 lg:max-h-[calc(100dvh-17rem)]"
      >
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <div
                key={row.span.spanId}
                className="absolute inset-x-0 top-0"
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
              >
                <Row
                  row={row}
                  bounds={bounds}
                  isSelected={row.span.spanId === selectedId}
                  isCollapsed={collapsed.has(row.span.spanId)}
                  onSelect={onSelect}
                  onToggle={onToggle}
                />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

type RowProps = Pick<SpanWaterfallProps, "bounds" | "onSelect" | "onToggle"> & {
  row: TreeRow;
  isSelected: boolean;
  isCollapsed: boolean;
};

/** Kept while its span and state stay the same: moving the selection draws two rows, not all in view. */
const Row = memo(function Row({ row, bounds, isSelected, isCollapsed, onSelect, onToggle }: RowProps) {
  const { span, depth, descendantCount } = row;
  const hasChildren = descendantCount > 0;
  const isError = span.status === "error";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the page's arrow keys move the selection
    <div
      id={rowId(span.spanId)}
      role="treeitem"
      tabIndex={-1}
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? !isCollapsed : undefined}
      onClick={() => onSelect(span.spanId)}
      className={classNames(
        "grid h-full cursor-default grid-cols-[minmax(0,11fr)_minmax(0,9fr)] items-center gap-2 border-l-2 pr-2",
        isSelected ? "border-accent bg-accent-soft" : "border-transparent hover:bg-hover",
      )}
    >
      <div className="flex min-w-0 items-center gap-1" style={{ paddingLeft: Math.min(depth, 10) * 12 }}>
        {hasChildren ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={`${isCollapsed ? "Show" : "Hide"} the ${countOf(descendantCount, "span")} inside`}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(span.spanId);
            }}
            className="inline-flex size-5 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-border"
          >
            <ChevronRight
              aria-hidden="true"
              className={classNames("size-3.5 transition-transform", !isCollapsed && "rotate-90")}
            />
          </button>
        ) : (
          <span className="w-5 shrink-0" />
        )}
        <OperationIcon operation={span.operation} className={isError ? "text-harm" : "text-muted"} />
        <span className={classNames("truncate", isError && "text-harm")} title={span.name}>
          {span.name}
        </span>
        {isCollapsed && <span className="shrink-0 text-xs text-muted">+{descendantCount}</span>}
      </div>
      <Bar row={row} bounds={bounds} />
    </div>
  );
});

function Bar({ row, bounds }: { row: TreeRow; bounds: SpanWaterfallProps["bounds"] }) {
  const { span } = row;
  const whole = Math.max(1, bounds.durationUs);
  const left = ((span.startTimeUs - bounds.startUs) / whole) * 100;
  const width = ((span.durationUs ?? 0) / whole) * 100;
  const label = span.durationUs === null ? "not ended" : formatDuration(span.durationUs / 1000);
  return (
    <div className="relative mr-16 h-full text-xs tabular-nums">
      <div
        className={classNames(
          "absolute top-1/2 h-2 min-w-0.5 -translate-y-1/2 rounded-sm",
          span.status === "error"
            ? "bg-harm"
            : isModelCall(span.operation)
              ? "bg-accent"
              : "bg-border-strong",
        )}
        style={{ left: `${left}%`, width: `${width}%` }}
      />
      <span
        className="absolute top-1/2 -translate-y-1/2 px-1.5 whitespace-nowrap text-muted"
        style={{ left: `${left + width}%` }}
      >
        {label}
      </span>
    </div>
  );
}

function TimeAxis({ durationUs }: { durationUs: number }) {
  return (
    <div className="grid grid-cols-[minmax(0,11fr)_minmax(0,9fr)] gap-2 border-b border-border py-1 pr-2 pl-2 text-xs text-muted tabular-nums">
      <span>Span</span>
      <span className="mr-16 flex justify-between">
        <span>0</span>
        <span>{formatDuration(durationUs / 1000)}</span>
      </span>
    </div>
  );
}

const isModelCall = (operation: string) =>
  ["chat", "text_completion", "generate_content", "embeddings"].includes(operation);

const rowId = (spanId: string) => `span-${spanId}`;

const rowHeight = 30;
