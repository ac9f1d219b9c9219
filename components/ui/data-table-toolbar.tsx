"use client";

import { Columns3, Download, Search, X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { Button } from "./button.tsx";
import { type CsvValue, downloadText, toCsv } from "./csv.ts";
import { countOf } from "./format.ts";
import { Input } from "./input.tsx";
import { Menu, MenuCheckbox, MenuGroup, MenuItem } from "./menu.tsx";

type DataTableToolbarProps = {
  label: string;
  noun: string;
  search?: { value: string; onChange: (value: string) => void; placeholder?: string };
  searchInput: RefObject<HTMLInputElement | null>;
  filters?: ReactNode;
  columns: readonly { id: string; header: string }[];
  hidden: readonly string[];
  onHiddenChange: (hidden: string[]) => void;
  exportName?: string;
  exportRows: () => CsvValue[][];
  selectedCount: number;
  bulkActions?: ReactNode;
  onClearSelection: () => void;
};

/** The line above a list: search and filters at the left, columns and export at the right; the selection takes its place. */
export function DataTableToolbar(props: DataTableToolbarProps) {
  const { label, noun, search, searchInput, columns, hidden, onHiddenChange, exportName, selectedCount } =
    props;

  function toggleColumn(id: string, isShown: boolean) {
    onHiddenChange(isShown ? hidden.filter((each) => each !== id) : [...hidden, id]);
  }

  function exportCsv() {
    const header = columns.map((column) => column.header);
    downloadText(`${exportName}.csv`, "text/csv", toCsv(header, props.exportRows()));
  }

  function exportJsonLines() {
    const lines = props
      .exportRows()
      .map((row) =>
        JSON.stringify(Object.fromEntries(columns.map((column, index) => [column.id, row[index] ?? null]))),
      );
    downloadText(`${exportName}.jsonl`, "application/jsonl", `${lines.join("\n")}\n`);
  }

  return (
    <div className="flex min-h-8 flex-wrap items-center gap-2" data-print="hide">
      {selectedCount > 0 ? (
        <>
          <span className="text-sm font-medium tabular-nums">{countOf(selectedCount, noun)} selected</span>
          {props.bulkActions}
          <Button variant="quiet" size="sm" onClick={props.onClearSelection}>
            <X aria-hidden="true" />
            Clear
          </Button>
        </>
      ) : (
        <>
          {search && (
            <div className="relative w-full sm:w-64">
              <Search
                className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted"
                aria-hidden="true"
              />
              <Input
                ref={searchInput}
                type="search"
                aria-label={`Search ${label.toLowerCase()}`}
                placeholder={search.placeholder ?? `Search ${label.toLowerCase()} ( / )`}
                value={search.value}
                onValueChange={search.onChange}
                onKeyDown={(event) => {
                  if (event.key === "Escape") event.currentTarget.blur();
                }}
                className="pl-8 [&::-webkit-search-cancel-button]:appearance-none"
              />
            </div>
          )}
          {props.filters}
        </>
      )}
      <span className="flex-1" />
      <Menu
        align="end"
        trigger={
          <Button variant="quiet" size="icon" aria-label="Columns" title="Columns">
            <Columns3 aria-hidden="true" />
          </Button>
        }
      >
        <MenuGroup label="Columns">
          {columns.map((column, index) => (
            <MenuCheckbox
              key={column.id}
              isChecked={!hidden.includes(column.id)}
              isDisabled={index === 0}
              onCheckedChange={(isShown) => toggleColumn(column.id, isShown)}
            >
              {column.header}
            </MenuCheckbox>
          ))}
        </MenuGroup>
      </Menu>
      {exportName && (
        <Menu
          align="end"
          trigger={
            <Button variant="quiet" size="icon" aria-label="Export" title="Export">
              <Download aria-hidden="true" />
            </Button>
          }
        >
          <MenuItem onSelect={exportCsv}>Export as CSV</MenuItem>
          <MenuItem onSelect={exportJsonLines}>Export as JSON lines</MenuItem>
        </Menu>
      )}
    </div>
  );
}
