"use client";

import type { ComponentProps } from "react";
import { ActorTable } from "#components/traces/actor-table.tsx";
import { listMoreActors } from "./actions.ts";

/** Gives the table of sessions or users its older pages. */
export function ActorLeaf(props: Omit<ComponentProps<typeof ActorTable>, "loadMore">) {
  const { slug, kind } = props;
  return <ActorTable {...props} loadMore={(cursor) => listMoreActors(slug, { kind, cursor })} />;
}
