"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import type { DatasetRows } from "#lib/playground/read-rows.ts";
import type { PlaygroundSetup } from "#lib/playground/schema.ts";
import { showError } from "../ui/toast.tsx";
import type { PlaygroundActions } from "./playground-actions.ts";
import { rowsOf } from "./setup-state.ts";

/** The rows, read again when another slice is chosen. */
export function useRows(setup: PlaygroundSetup, start: DatasetRows | null, actions: PlaygroundActions) {
  const [loaded, setLoaded] = useState(start);
  const { dataset } = setup;
  const key = dataset ? `${dataset.datasetVersionId} ${dataset.start} ${dataset.count}` : "";
  const shown = useRef(start ? key : "");

  useEffect(() => {
    if (key === shown.current || key === "") return;
    let isGone = false;
    setLoaded(null);
    const [datasetVersionId, first, count] = key.split(" ") as [string, string, string];
    const timer = setTimeout(async () => {
      const slice = { datasetVersionId, start: Number(first), count: Number(count) };
      const result = await actions.readRows(slice).catch(() => null);
      if (isGone) return;
      if (result?.ok) {
        shown.current = key;
        setLoaded(result.data);
      } else showError(result?.error.message ?? "The items could not be read. Choose the dataset again.");
    }, 200);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [key, actions]);

  const { variables, placeholders, messages } = setup;
  const rows = useMemo(
    () => rowsOf({ variables, placeholders, messages, dataset }, loaded?.rows ?? null),
    [variables, placeholders, messages, dataset, loaded],
  );
  return { loaded, rows };
}
