"use client";

import { useState } from "react";
import type { DatasetItem } from "#lib/datasets/schema.ts";
import { CodeBlock } from "../ui/code-block.tsx";
import type { DataColumn } from "../ui/data-columns.ts";
import { DataTable } from "../ui/data-table.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { showError } from "../ui/toast.tsx";
import { expectedText, inputText, jsonText } from "./item-preview.tsx";

export type ItemPage = { data: DatasetItem[]; nextCursor: string | null };

type ItemsTableProps = {
  first: ItemPage;
  totalCount: number;
  onLoad: (cursor: string) => Promise<ItemPage | null>;
  /** The page of the trace an item was made from. */
  tracePath: (traceId: string) => string;
};

/** The items of one version: loaded as one scrolls, only those in view in the document. */
export function ItemsTable({ first, totalCount, onLoad, tracePath }: ItemsTableProps) {
  const [items, setItems] = useState(first.data);
  const [cursor, setCursor] = useState(first.nextCursor);
  const [isLoading, setLoading] = useState(false);
  const [open, setOpen] = useState<DatasetItem | null>(null);

  async function loadMore() {
    if (!cursor || isLoading) return;
    setLoading(true);
    const page = await onLoad(cursor);
    setLoading(false);
    if (!page) return showError("The next items could not be loaded.");
    setItems((before) => [...before, ...page.data]);
    setCursor(page.nextCursor);
  }

  return (
    <>
      <DataTable
        label="Items"
        noun="item"
        rows={items}
        columns={columns}
        rowId={(item) => item.id}
        onOpenRow={setOpen}
        search="client"
        totalCount={totalCount}
        onLoadMore={cursor ? () => void loadMore() : undefined}
        isLoading={isLoading}
        exportName="items"
        storageKey="dataset-items"
        empty={<p className="py-10 text-center text-sm text-muted">This version has no items.</p>}
      />
      <Dialog
        title={open ? `Item ${open.position + 1}` : ""}
        width="lg"
        isOpen={open !== null}
        onOpenChange={(isOpen) => !isOpen && setOpen(null)}
      >
        {open && (
          <div className="flex flex-col gap-3 pb-4">
            <CodeBlock label="Input" code={pretty(open.input)} isWrapped />
            {open.expected !== null && <CodeBlock label="Expected" code={pretty(open.expected)} isWrapped />}
            {Object.keys(open.metadata).length > 0 && (
              <CodeBlock label="Metadata" code={pretty(open.metadata)} isWrapped />
            )}
            {open.sourceTraceId && (
              <p className="text-sm">
                Made from{" "}
                <a className="link" href={tracePath(open.sourceTraceId)}>
                  a trace
                </a>
                .
              </p>
            )}
          </div>
        )}
      </Dialog>
    </>
  );
}

const columns: DataColumn<DatasetItem>[] = [
  {
    id: "position",
    header: "#",
    value: (item) => item.position + 1,
    isNumeric: true,
    width: "4rem",
    isSortable: false,
  },
  {
    id: "input",
    header: "Input",
    value: (item) => jsonText(item.input),
    cell: (item) => inputText(item.input),
    isSortable: false,
  },
  {
    id: "expected",
    header: "Expected",
    value: (item) => jsonText(item.expected),
    cell: (item) => expectedText(item.expected),
    isSortable: false,
  },
  {
    id: "metadata",
    header: "Metadata",
    value: (item) => (Object.keys(item.metadata).length > 0 ? jsonText(item.metadata) : null),
    isSortable: false,
    isHiddenAtFirst: true,
  },
  {
    id: "key",
    header: "Key",
    value: (item) => item.key,
    cell: (item) => (
      <span className="font-mono text-xs text-muted">
        {item.key === item.digest ? item.key.slice(0, 8) : item.key}
      </span>
    ),
    width: "8rem",
    isSortable: false,
  },
];

function pretty(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
