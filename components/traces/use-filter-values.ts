"use client";

import { useEffect, useEffectEvent, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import type { FacetField } from "#lib/traces/store/list-facet-values.ts";
import type { FilterName } from "./filter-fields.ts";
import { type FilterFacets, valueAsked } from "./suggest-filter.ts";

export type LoadValues = (field: FacetField, like: string) => Promise<ActionResult<string[]>>;

/** The known values, and those that traces have of the field being typed, a moment after one has typed. */
export function useFilterValues(
  draft: string,
  facets: FilterFacets,
  load: LoadValues | undefined,
): FilterFacets {
  const [loaded, setLoaded] = useState<FilterFacets>({});
  const asked = valueAsked(draft);
  const { field, typed } = asked ?? { field: null, typed: "" };
  const column = field === null ? undefined : columns[field];

  const read = useEffectEvent(async (name: FilterName, of: FacetField, like: string) => {
    const result = await load?.(of, like).catch(() => null);
    if (!result?.ok) return;
    setLoaded((now) => ({ ...now, [name]: [...new Set([...(now[name] ?? []), ...result.data])] }));
  });

  useEffect(() => {
    if (field === null || column === undefined) return;
    const timer = setTimeout(() => void read(field, column, typed), 150);
    return () => clearTimeout(timer);
  }, [field, column, typed]);

  if (field === null || !loaded[field]) return facets;
  return { ...facets, [field]: [...new Set([...(facets[field] ?? []), ...loaded[field]])] };
}

const columns: Partial<Record<FilterName, FacetField>> = {
  model: "model",
  provider: "provider",
  prompt: "promptName",
  version: "promptVersion",
  abtest: "abTest",
  variant: "variant",
  deployment: "deployment",
  error: "errorType",
  env: "environment",
  release: "release",
  service: "service",
  user: "userId",
  session: "sessionId",
};
