"use client";

import { Button } from "#components/ui/button.tsx";
import { formatNumber } from "#components/ui/format.ts";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { showError, showToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/http/action.ts";
import type { ScoreDefinition, ScoreDefinitionInput } from "#lib/scores/schema.ts";
import { DefinitionDialog } from "./definition-dialog.tsx";

type DefinitionTableProps = {
  definitions: readonly ScoreDefinition[];
  /** Null where the person may only look. */
  actions: {
    onSave: (definition: ScoreDefinitionInput) => Promise<ActionResult<unknown>>;
    onArchive: (name: string, isArchived: boolean) => Promise<ActionResult<unknown>>;
  } | null;
};

/** What scores of each name may be. */
export function DefinitionTable({ definitions, actions }: DefinitionTableProps) {
  async function archive(name: string, isArchived: boolean) {
    const result = await actions?.onArchive(name, isArchived).catch(() => null);
    if (!result?.ok) {
      showError(result?.error.message ?? "The server could not be reached. Try again.");
      return;
    }
    const undo = { label: "Undo", onClick: () => void archive(name, !isArchived) };
    showToast(isArchived ? `Archived ${name}: any score of it is taken` : `${name} is in force again`, {
      action: undo,
    });
  }

  return (
    <Table label="Score definitions" className="min-w-[40rem]">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Takes</Th>
          <Th>Better</Th>
          <Th>Description</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {definitions.map((definition) => (
          <tr key={definition.name} className={definition.isArchived ? "text-muted" : undefined}>
            <Td className="align-top">
              <span className="font-medium">{definition.name}</span>
              {definition.isArchived && <span className="block text-xs">Archived</span>}
            </Td>
            <Td className="align-top">{takes(definition)}</Td>
            <Td className="align-top whitespace-nowrap">{better(definition)}</Td>
            <Td className="max-w-prose align-top">{definition.description}</Td>
            <Td className="text-right align-top whitespace-nowrap">
              {actions && (
                <span className="inline-flex gap-1">
                  {!definition.isArchived && (
                    <DefinitionDialog
                      definition={definition}
                      trigger={
                        <Button size="sm" variant="quiet" aria-label={`Change ${definition.name}`}>
                          Change
                        </Button>
                      }
                      onSave={actions.onSave}
                    />
                  )}
                  <Button
                    size="sm"
                    variant="quiet"
                    aria-label={`${definition.isArchived ? "Restore" : "Archive"} ${definition.name}`}
                    onClick={() => void archive(definition.name, !definition.isArchived)}
                  >
                    {definition.isArchived ? "Restore" : "Archive"}
                  </Button>
                </span>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** "a number from 0 to 1", "yes or no", "warm, cold". */
export function takes({ type, minimum, maximum, categories }: ScoreDefinition): string {
  if (type === "boolean") return "Yes or no";
  if (type === "categorical") return categories.join(", ");
  const [least, most] = [minimum ?? null, maximum ?? null];
  if (least !== null && most !== null) return `A number from ${formatNumber(least)} to ${formatNumber(most)}`;
  if (least !== null) return `A number, at least ${formatNumber(least)}`;
  if (most !== null) return `A number, at most ${formatNumber(most)}`;
  return "Any number";
}

function better({ type, higherIsBetter }: ScoreDefinition): string {
  if (type === "categorical") return "";
  if (type === "boolean") return higherIsBetter ? "Yes" : "No";
  return higherIsBetter ? "Higher" : "Lower";
}
