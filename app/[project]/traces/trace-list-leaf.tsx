"use client";

import type { ComponentProps } from "react";
import { TraceList } from "#components/traces/trace-list.tsx";
import type { SavedView } from "#lib/traces/saved-views.ts";
import type { TraceDeletion } from "#lib/traces/start-deletion.ts";
import {
  addSelectedToDataset,
  changeView,
  chooseDefaultView,
  countForgotten,
  countMatches,
  deleteForgotten,
  readDeletions,
  removeView,
  saveView,
  searchMore,
  suggestValues,
} from "./actions.ts";

type TraceListLeafProps = Omit<
  ComponentProps<typeof TraceList>,
  "search" | "count" | "loadValues" | "selection" | "views" | "deletions"
> & {
  mayDelete: boolean;
  /** Whether the person may add to datasets and share views. */
  maySave: boolean;
  datasets: readonly string[];
  /** Null where the list is one user's alone. */
  views: readonly SavedView[] | null;
  deletions: readonly TraceDeletion[];
};

/** Gives the list of traces what it can do. */
export function TraceListLeaf({
  mayDelete,
  maySave,
  datasets,
  views,
  deletions,
  ...props
}: TraceListLeafProps) {
  const { slug } = props;
  return (
    <TraceList
      {...props}
      search={(input) => searchMore(slug, input)}
      count={(filter) => countMatches(slug, { filter })}
      loadValues={(field, like) => suggestValues(slug, { field, like })}
      selection={{
        datasets,
        onCount: (traceIds) => countForgotten(slug, { traceIds }),
        onDelete: mayDelete ? (traceIds) => deleteForgotten(slug, { traceIds }) : null,
        onAdd: maySave ? (traceIds, dataset) => addSelectedToDataset(slug, { traceIds, dataset }) : null,
      }}
      views={
        views && {
          views,
          mayShare: maySave,
          onCreate: (view) => saveView(slug, view),
          onUpdate: (id, change) => changeView(slug, { id, change }),
          onRemove: (id) => removeView(slug, { id }),
          onSetDefault: (id) => chooseDefaultView(slug, { id }),
        }
      }
      deletions={{ deletions, read: () => readDeletions(slug, {}) }}
    />
  );
}
