"use client";

import { DefinitionTable } from "#components/scores/definition-table.tsx";
import type { ScoreDefinition } from "#lib/scores/schema.ts";
import { archiveDefinition, saveDefinition } from "./actions.ts";

type DefinitionsLeafProps = { slug: string; definitions: readonly ScoreDefinition[]; mayChange: boolean };

/** Gives the table of definitions what it can do. */
export function DefinitionsLeaf({ slug, definitions, mayChange }: DefinitionsLeafProps) {
  return (
    <DefinitionTable
      definitions={definitions}
      actions={
        mayChange
          ? {
              onSave: (definition) => saveDefinition(slug, definition),
              onArchive: (name, isArchived) => archiveDefinition(slug, { name, isArchived }),
            }
          : null
      }
    />
  );
}
