import { useEffect, useRef, useState } from "react";
import type { GridFilter, GridRow } from "#lib/evaluations/schema.ts";

export type GridPage = { data: GridRow[]; nextCursor: string | null };
export type LoadGrid = (input: {
  kind: GridFilter;
  baselineId: string;
  cursor: string | null;
}) => Promise<GridPage | null>;

/** The rows of the item grid for a filter and a baseline, loaded page by page. */
export function useItemGrid(initial: GridPage, kind: GridFilter, baselineId: string, load: LoadGrid) {
  const [page, setPage] = useState(initial);
  const [isLoading, setLoading] = useState(false);
  const shown = useRef(`${kind}/${baselineId}`);

  async function fetchPage(cursor: string | null) {
    const wanted = `${kind}/${baselineId}`;
    shown.current = wanted;
    setLoading(true);
    const next = await load({ kind, baselineId, cursor });
    // Another filter was chosen meanwhile.
    if (shown.current !== wanted) return;
    setLoading(false);
    if (!next) return;
    setPage((before) => (cursor ? { ...next, data: [...before.data, ...next.data] } : next));
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is made anew by each render of its owner
  useEffect(() => {
    if (shown.current !== `${kind}/${baselineId}`) void fetchPage(null);
  }, [kind, baselineId]);

  return {
    rows: page.data,
    hasMore: page.nextCursor !== null,
    isLoading,
    loadMore: () => fetchPage(page.nextCursor),
    reload: () => fetchPage(null),
  };
}
