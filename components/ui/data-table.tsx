"use client";

import {
  type ColumnDef,
  createSortedRowModel,
  type RowSelectionState,
  rowSelectionFeature,
  rowSortingFeature,
  type SortingState,
  sortFns,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRouter } from "next/navigation";
import { type ReactNode, useDeferredValue, useMemo, useRef, useState } from "react";
import { Checkbox } from "./checkbox.tsx";
import { classNames } from "./class-names.ts";
import {
  type DataColumn,
  type DataSort,
  matchingRows,
  minimumWidth,
  toSort,
  toSorting,
} from "./data-columns.ts";
import { DataTableRow } from "./data-table-row.tsx";
import { DataTableToolbar } from "./data-table-toolbar.tsx";
import { countOf } from "./format.ts";
import { SortHeader } from "./sort-header.tsx";
import { useRowKeys } from "./use-row-keys.ts";
import { useStoredState } from "./use-stored-state.ts";

type DataTableProps<T> = {
  /** Names the table: "Prompts". */
  label: string;
  /** The noun for counts: "prompt". */
  noun: string;
  rows: readonly T[];
  /** Keep it stable: a constant of the module, or `useMemo`. */
  columns: readonly DataColumn<T>[];
  rowId: (row: T) => string;
  /** Where a row leads; its first column becomes the link. */
  rowHref?: (row: T) => string;
  onOpenRow?: (row: T) => void;
  /** Shown in place of the table when there are no rows and nothing is being searched. */
  empty: ReactNode;
  /** "client" searches the rows given; an object hands the text to the page, which searches on the server. */
  search?: "client" | { value: string; onChange: (value: string) => void; placeholder?: string };
  /** Filters, set beside the search. */
  toolbar?: ReactNode;
  /** Given: the server sorts. Left out: the rows given are sorted here. */
  sort?: { value: DataSort | null; onChange: (sort: DataSort | null) => void };
  defaultSort?: DataSort;
  /** Given: rows can be selected, and this is shown for the selected ids. */
  bulkActions?: (ids: string[], clear: () => void) => ReactNode;
  /** All matching rows on the server, when more than are loaded. */
  totalCount?: number;
  onLoadMore?: () => void;
  isLoading?: boolean;
  /** File name without ending; given, the rows can be exported as CSV and JSON lines. */
  exportName?: string;
  /** Under this name the browser remembers the choice of columns. */
  storageKey?: string;
  rowHeight?: number;
  hasPageKeys?: boolean;
  isRowMuted?: (row: T) => boolean;
};

const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns,
});
type Features = typeof features;

/**
 * The list of every list page: search, sorting, choice of columns, selection, export, keys, and only the rows in
 * view in the document, so that a hundred thousand stay quick.
 */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const {
    label,
    noun,
    rows,
    columns,
    rowId,
    rowHref,
    onOpenRow,
    search,
    sort,
    bulkActions,
    rowHeight = 36,
  } = props;
  const router = useRouter();
  const scroller = useRef<HTMLDivElement>(null);
  const searchInput = useRef<HTMLInputElement>(null);
  const [clientSearch, setClientSearch] = useState("");
  const [ownSorting, setOwnSorting] = useState<SortingState>(() => toSorting(props.defaultSort ?? null));
  const [selection, setSelection] = useState<RowSelectionState>({});
  const [hidden, setHidden] = useStoredState(
    props.storageKey && `columns:${props.storageKey}`,
    columns.filter((column) => column.isHiddenAtFirst).map((column) => column.id),
    isTextList,
  );

  const wanted = useDeferredValue(search === "client" ? clientSearch : "");
  const shown = useMemo(() => matchingRows(rows, columns, wanted), [rows, columns, wanted]);
  const defs = useMemo(() => columns.map((column) => toColumnDef<T>(column)), [columns]);

  const table = useTable<Features, T>({
    features,
    columns: defs,
    data: shown,
    getRowId: rowId,
    manualSorting: sort !== undefined,
    enableRowSelection: bulkActions !== undefined,
    enableMultiSort: false,
    state: {
      sorting: sort ? toSorting(sort.value) : ownSorting,
      rowSelection: selection,
    },
    onSortingChange: (update) => {
      const next = typeof update === "function" ? update(sort ? toSorting(sort.value) : ownSorting) : update;
      if (sort) sort.onChange(toSort(next));
      else setOwnSorting(next);
    },
    onRowSelectionChange: setSelection,
  });

  const tableRows = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: tableRows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => tableRows[index]?.id ?? index,
    overscan: 12,
    initialRect: { width: 1024, height: 900 },
    onChange: (instance) => {
      const end = instance.getVirtualItems().at(-1)?.index ?? 0;
      if (end >= tableRows.length - 10 && !props.isLoading && tableRows.length > 0) props.onLoadMore?.();
    },
  });

  function open(row: T) {
    if (onOpenRow) onOpenRow(row);
    else if (rowHref) router.push(rowHref(row));
  }

  const active = useRowKeys({
    container: scroller,
    search: searchInput,
    rowCount: tableRows.length,
    scrollTo: (index) => virtual.scrollToIndex(index),
    open: (index) => tableRows[index] && open(tableRows[index].original),
    select: bulkActions && ((index) => tableRows[index]?.toggleSelected()),
    hasPageKeys: props.hasPageKeys ?? true,
  });

  const selectedIds = Object.keys(selection).filter((id) => selection[id]);
  const visible = columns.filter((column) => !hidden.includes(column.id));
  const isSearching = search === "client" ? wanted !== "" : Boolean(search?.value);
  if (rows.length === 0 && !isSearching && !props.isLoading && !props.toolbar) return <>{props.empty}</>;

  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const total = props.totalCount ?? tableRows.length;

  return (
    <div className="flex min-w-0 flex-col gap-2">
      <DataTableToolbar
        label={label}
        noun={noun}
        searchInput={searchInput}
        search={search === "client" ? { value: clientSearch, onChange: setClientSearch } : search}
        filters={props.toolbar}
        columns={columns}
        hidden={hidden}
        onHiddenChange={setHidden}
        exportName={props.exportName}
        exportRows={() =>
          tableRows
            .filter((row) => selectedIds.length === 0 || selection[row.id])
            .map((row) => columns.map((column) => column.value(row.original)))
        }
        selectedCount={selectedIds.length}
        bulkActions={selectedIds.length > 0 && bulkActions?.(selectedIds, () => setSelection({}))}
        onClearSelection={() => setSelection({})}
      />
      {tableRows.length === 0 && !props.isLoading ? (
        isSearching || rows.length > 0 ? (
          <p className="border-t border-border py-10 text-center text-sm text-muted">
            No {noun} matches. Change or clear the search.
          </p>
        ) : (
          props.empty
        )
      ) : (
        <div
          ref={scroller}
          className="relative max-h-[max(20rem,calc(100dvh-12rem))] overflow-auto overscroll-x-contain border-t border-border print:max-h-none"
        >
          <table
            aria-label={label}
            aria-rowcount={total + 1}
            aria-busy={props.isLoading || undefined}
            className="w-full table-fixed border-separate border-spacing-0 text-left text-sm tabular-nums"
            style={{ minWidth: `calc(${visible.map(minimumWidth).join(" + ")} + 2rem)` }}
          >
            <colgroup>
              {bulkActions && <col style={{ width: "2rem" }} />}
              {visible.map((column) => (
                <col
                  key={column.id}
                  style={{ width: column.width ?? (column.isNumeric ? "7rem" : undefined) }}
                />
              ))}
            </colgroup>
            <thead>
              <tr aria-rowindex={1}>
                {bulkActions && (
                  <th scope="col" className={headClass}>
                    <Checkbox
                      aria-label={`Select all ${countOf(tableRows.length, noun)} shown`}
                      isChecked={table.getIsAllRowsSelected()}
                      isMixed={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                      onCheckedChange={(isChecked) => table.toggleAllRowsSelected(isChecked)}
                    />
                  </th>
                )}
                {visible.map((column) => (
                  <SortHeader
                    key={column.id}
                    className={headClass}
                    isNumeric={column.isNumeric}
                    direction={table.getColumn(column.id)?.getIsSorted() || null}
                    onToggle={
                      column.isSortable === false
                        ? undefined
                        : () => table.getColumn(column.id)?.toggleSorting(undefined, false)
                    }
                  >
                    {column.header}
                  </SortHeader>
                ))}
              </tr>
            </thead>
            <tbody>
              <Spacer height={above} />
              {items.map((item) => {
                const row = tableRows[item.index];
                if (!row) return null;
                return (
                  <DataTableRow
                    key={row.id}
                    row={row.original}
                    index={item.index}
                    height={rowHeight}
                    columns={visible}
                    href={rowHref?.(row.original)}
                    onOpen={rowHref || onOpenRow ? open : undefined}
                    isActive={item.index === active}
                    isMuted={props.isRowMuted?.(row.original) ?? false}
                    selection={
                      bulkActions && {
                        isSelected: row.getIsSelected(),
                        toggle: (isSelected) => row.toggleSelected(isSelected),
                      }
                    }
                  />
                );
              })}
              <Spacer height={below} />
            </tbody>
          </table>
        </div>
      )}
      <div className="flex min-h-7 items-center gap-3 text-xs text-muted tabular-nums" aria-live="polite">
        {props.isLoading ? "Loading…" : countLine(tableRows.length, rows.length, props.totalCount, noun)}
        {props.onLoadMore && !props.isLoading && (
          <button type="button" className="link" onClick={props.onLoadMore}>
            Load more
          </button>
        )}
      </div>
    </div>
  );
}

/** Stands for the rows that are out of view. */
function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without tabindex cannot take the focus
    <tr aria-hidden="true">
      <td style={{ height }} />
    </tr>
  );
}

function countLine(shown: number, loaded: number, total: number | undefined, noun: string): string {
  if (total !== undefined && total > loaded) return `${countOf(shown, noun)} of ${countOf(total, noun)}`;
  return shown < loaded ? `${countOf(shown, noun)} of ${countOf(loaded, noun)}` : countOf(shown, noun);
}

function toColumnDef<T extends object>(column: DataColumn<T>): ColumnDef<Features, T> {
  return {
    id: column.id,
    header: column.header,
    accessorFn: (row) => column.value(row) ?? undefined,
    sortUndefined: "last",
    sortDescFirst: column.isNumeric ?? false,
    sortFn: column.isNumeric ? "basic" : "alphanumeric",
    enableSorting: column.isSortable ?? true,
  };
}

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const headClass = classNames(
  "sticky top-0 z-10 h-8 border-b border-border bg-bg px-2 align-middle text-xs font-medium whitespace-nowrap text-muted first:pl-1",
);
