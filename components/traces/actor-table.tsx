"use client";

import { type ReactNode, useState } from "react";
import type { DataColumn } from "#components/ui/data-columns.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatUsd } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { showError } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/http/action.ts";
import type { ActorSummary } from "#lib/traces/store/list-actors.ts";
import { sessionHref, userHref } from "./span-links.ts";

type ActorPage = { data: ActorSummary[]; nextCursor: string | null };

type ActorTableProps = {
  slug: string;
  kind: "session" | "user";
  first: ActorPage;
  empty: ReactNode;
  loadMore: (cursor: string) => Promise<ActionResult<ActorPage>>;
};

/** Sessions or users, the last active first, with what their traces add up to. */
export function ActorTable({ slug, kind, first, empty, loadMore }: ActorTableProps) {
  const [rows, setRows] = useState(first.data);
  const [cursor, setCursor] = useState(first.nextCursor);
  const [isLoading, setLoading] = useState(false);

  async function load() {
    if (cursor === null || isLoading) return;
    setLoading(true);
    const result = await loadMore(cursor).catch(() => null);
    setLoading(false);
    if (!result?.ok) {
      showError(result?.error.message ?? "The server could not be reached. Try again.");
      return;
    }
    setRows([...rows, ...result.data.data]);
    setCursor(result.data.nextCursor);
  }

  return (
    <DataTable
      label={kind === "session" ? "Sessions" : "Users"}
      noun={kind}
      rows={rows}
      columns={kind === "session" ? sessionColumns : userColumns}
      rowId={(row) => row.id}
      rowHref={(row) => (kind === "session" ? sessionHref(slug, row.id) : userHref(slug, row.id))}
      empty={empty}
      search="client"
      defaultSort={{ columnId: "last", isDescending: true }}
      onLoadMore={cursor === null ? undefined : load}
      isLoading={isLoading}
      exportName={kind === "session" ? "sessions" : "users"}
      storageKey={kind === "session" ? "sessions" : "users"}
    />
  );
}

type Column = DataColumn<ActorSummary>;

const facts: Column[] = [
  {
    id: "last",
    header: "Last active",
    value: (row) => row.lastAt,
    cell: (row) => <RelativeTime value={row.lastAt} className="text-muted" />,
    width: "8rem",
  },
  {
    id: "first",
    header: "First seen",
    value: (row) => row.firstAt,
    cell: (row) => <RelativeTime value={row.firstAt} className="text-muted" />,
    width: "8rem",
  },
  number("traces", "Traces", (row) => row.traceCount, formatCount),
  {
    ...number("errors", "With errors", (row) => row.errorCount, formatCount),
    cell: (row) => (
      <span className={row.errorCount > 0 ? "text-harm" : "text-muted"}>{formatCount(row.errorCount)}</span>
    ),
  },
  number("input", "Tokens in", (row) => row.inputTokens, formatCount),
  number("output", "Tokens out", (row) => row.outputTokens, formatCount),
  number("cost", "Cost", (row) => row.costUsd, formatUsd),
];

const sessionColumns: Column[] = [
  { id: "id", header: "Session", value: (row) => row.id },
  { id: "user", header: "User", value: (row) => row.userId, width: "9rem" },
  ...facts,
];

const userColumns: Column[] = [{ id: "id", header: "User", value: (row) => row.id }, ...facts];

function number(
  id: string,
  header: string,
  value: (row: ActorSummary) => number | null,
  format: (value: number) => string,
): Column {
  return {
    id,
    header,
    value,
    cell: (row) => {
      const known = value(row);
      return known === null ? "" : format(known);
    },
    isNumeric: true,
    width: "6rem",
  };
}
