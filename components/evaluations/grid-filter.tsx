"use client";

import type { GridFilter } from "#lib/evaluations/schema.ts";
import { gridFilters } from "./item-grid.tsx";

type GridFilterBarProps = { value: GridFilter; onChange: (value: GridFilter) => void };

/** Which items the grid shows. */
export function GridFilterBar({ value, onChange }: GridFilterBarProps) {
  return (
    <fieldset className="flex flex-wrap gap-1" aria-label="Items shown">
      {gridFilters.map((filter) => (
        <button
          key={filter.value}
          type="button"
          title={filter.hint}
          aria-pressed={filter.value === value}
          onClick={() => onChange(filter.value)}
          className="h-7 rounded-md px-2 text-sm text-muted hover:bg-hover hover:text-text aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-text"
        >
          {filter.label}
        </button>
      ))}
    </fieldset>
  );
}
