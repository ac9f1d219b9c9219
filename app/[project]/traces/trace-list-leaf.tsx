"use client";

import type { ComponentProps } from "react";
import { TraceList } from "#components/traces/trace-list.tsx";
import { deleteSelected, searchMore } from "./actions.ts";

type TraceListLeafProps = Omit<ComponentProps<typeof TraceList>, "search" | "onDelete"> & {
  mayDelete: boolean;
};

/** Gives the list of traces what it can do. */
export function TraceListLeaf({ mayDelete, ...props }: TraceListLeafProps) {
  const { slug } = props;
  return (
    <TraceList
      {...props}
      search={(input) => searchMore(slug, input)}
      onDelete={mayDelete ? (traceIds) => deleteSelected(slug, { traceIds }) : null}
    />
  );
}
