"use client";

import { Folder } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useMemo, useRef, useState } from "react";
import type { PromptFolder } from "#lib/prompts/queries.ts";
import type { Prompt } from "#lib/prompts/schema.ts";
import { Badge } from "../ui/badge.tsx";
import type { DataColumn } from "../ui/data-columns.ts";
import { DataTable } from "../ui/data-table.tsx";
import { countOf } from "../ui/format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Select } from "../ui/select.tsx";
import { LabelBadge } from "./label-badge.tsx";
import { folderHref, promptHref } from "./prompt-href.ts";

export type PromptListFilter = {
  folder: string;
  q: string;
  label: string;
  tag: string;
  /** "true" for the archived ones alone. */
  archived: string;
};

type PromptTableProps = {
  slug: string;
  prompts: Prompt[];
  folders: PromptFolder[];
  filter: PromptListFilter;
  facets: { labels: string[]; tags: string[] };
};

type Row = { kind: "folder"; folder: PromptFolder } | { kind: "prompt"; prompt: Prompt };

/** The prompts of a folder, or of all folders when something is searched or filtered by. Filters live in the URL. */
export function PromptTable({ slug, prompts, folders, filter, facets }: PromptTableProps) {
  const { setFilter, text, setText } = useUrlFilter(filter);
  const isFlat = Boolean(filter.q || filter.label || filter.tag || filter.archived);
  const columns = useMemo(() => columnsOf(isFlat ? "" : filter.folder), [isFlat, filter.folder]);
  const rows: Row[] = [
    ...folders.map((folder): Row => ({ kind: "folder", folder })),
    ...prompts.map((prompt): Row => ({ kind: "prompt", prompt })),
  ];
  return (
    <DataTable<Row>
      label="Prompts"
      noun="prompt"
      rows={rows}
      columns={columns}
      rowId={(row) => (row.kind === "folder" ? `folder:${row.folder.path}` : row.prompt.id)}
      rowHref={(row) =>
        row.kind === "folder" ? folderHref(slug, row.folder.path) : promptHref(slug, row.prompt.name)
      }
      search={{ value: text, onChange: setText, placeholder: "Search names and contents" }}
      sort={{ value: null, onChange: () => {} }}
      toolbar={
        <>
          <FacetSelect
            name="label"
            plural="labels"
            values={facets.labels}
            value={filter.label}
            onChange={(label) => setFilter({ label })}
          />
          <FacetSelect
            name="tag"
            plural="tags"
            values={facets.tags}
            value={filter.tag}
            onChange={(tag) => setFilter({ tag })}
          />
          <Select
            aria-label="Filter by use"
            options={[
              { value: "used", label: "In use" },
              { value: "archived", label: "Archived" },
            ]}
            value={filter.archived ? "archived" : "used"}
            onValueChange={(chosen) => setFilter({ archived: chosen === "archived" ? "true" : "" })}
            className="max-w-32"
          />
        </>
      }
      empty={
        <p className="py-6 text-muted">
          {filter.archived && !filter.q
            ? "Nothing is archived. An archived prompt leaves the lists and can still be fetched."
            : isFlat
              ? "No prompt matches."
              : "This folder is empty."}
        </p>
      }
      exportName="prompts"
      storageKey="prompts"
      rowHeight={44}
    />
  );
}

type FacetSelectProps = {
  name: string;
  plural: string;
  values: string[];
  value: string;
  onChange: (value: string) => void;
};

// Neither labels nor tags can hold a NUL, and an empty value would be shown as no choice at all.
const all = "\u0000all";

function FacetSelect({ name, plural, values, value, onChange }: FacetSelectProps) {
  if (values.length === 0) return null;
  const options = [
    { value: all, label: `All ${plural}` },
    ...values.map((each) => ({ value: each, label: each })),
  ];
  return (
    <Select
      aria-label={`Filter by ${name}`}
      options={options}
      value={value || all}
      onValueChange={(chosen) => onChange(chosen === all ? "" : chosen)}
      className="max-w-36"
    />
  );
}

/** What is typed appears at once and reaches the URL, and with it the server, when typing pauses. */
function useUrlFilter(filter: PromptListFilter) {
  const router = useRouter();
  const pathname = usePathname();
  const [text, setText] = useState(filter.q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(filter.q);

  useEffect(() => {
    if (filter.q !== sent.current) setText(filter.q);
    sent.current = filter.q;
  }, [filter.q]);

  function setFilter(change: Partial<PromptListFilter>) {
    const next = Object.entries({ ...filter, q: text, ...change }).filter(([, value]) => value !== "");
    const query = new URLSearchParams(next).toString();
    router.replace(query ? `${pathname}?${query}` : pathname, { scroll: false });
  }

  return {
    setFilter,
    text,
    setText(next: string) {
      setText(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        sent.current = next;
        setFilter({ q: next });
      }, 200);
    },
  };
}

function columnsOf(folder: string): DataColumn<Row>[] {
  const shownName = (name: string) => (folder ? name.slice(folder.length + 1) : name);
  return [
    {
      id: "name",
      header: "Name",
      width: "15rem",
      value: (row) => (row.kind === "folder" ? row.folder.path : row.prompt.name),
      cell: (row) =>
        row.kind === "folder" ? (
          <span className="flex min-w-0 items-center gap-2 font-medium">
            <Folder className="size-4 shrink-0 text-muted" aria-hidden="true" />
            <span className="truncate">{shownName(row.folder.path)}</span>
          </span>
        ) : (
          <span className="block truncate font-medium">{shownName(row.prompt.name)}</span>
        ),
    },
    {
      id: "labels",
      header: "Labels",
      width: "14rem",
      value: (row) => (row.kind === "folder" ? "" : row.prompt.labels.map((each) => each.name).join(", ")),
      cell: (row) =>
        row.kind === "folder" ? (
          <span className="text-muted">{countOf(row.folder.promptCount, "prompt")}</span>
        ) : (
          <span className="flex items-center gap-2 overflow-hidden">
            {row.prompt.labels.map((label) => (
              <span key={label.name} className="flex items-center gap-1 text-xs text-muted tabular-nums">
                <LabelBadge name={label.name} />v{label.number}
              </span>
            ))}
          </span>
        ),
    },
    {
      id: "latest",
      header: "Latest version",
      width: "15rem",
      value: (row) => (row.kind === "folder" ? null : row.prompt.latestNumber),
      cell: (row) =>
        row.kind === "prompt" && (
          <span className="flex min-w-0 items-baseline gap-2">
            <span className="shrink-0 tabular-nums">v{row.prompt.latestNumber}</span>
            <span className="truncate text-muted">{row.prompt.latestMessage}</span>
          </span>
        ),
    },
    {
      id: "tags",
      header: "Tags",
      width: "10rem",
      isHiddenAtFirst: true,
      value: (row) => (row.kind === "folder" ? "" : row.prompt.tags.join(", ")),
      cell: (row) =>
        row.kind === "prompt" && (
          <span className="flex gap-1 overflow-hidden">
            {row.prompt.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </span>
        ),
    },
    {
      id: "type",
      header: "Type",
      width: "5rem",
      isHiddenAtFirst: true,
      value: (row) => (row.kind === "folder" ? "" : row.prompt.type),
    },
    {
      id: "updated",
      header: "Changed",
      width: "7.5rem",
      value: (row) => (row.kind === "folder" ? null : row.prompt.updatedAt),
      cell: (row) =>
        row.kind === "prompt" && <RelativeTime value={row.prompt.updatedAt} className="text-muted" />,
    },
  ];
}
