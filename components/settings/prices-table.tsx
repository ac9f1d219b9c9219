"use client";

import type { ActionResult } from "#lib/http/action.ts";
import type { SaveModelPriceInput } from "#lib/models/schema.ts";
import { Button } from "../ui/button.tsx";
import { Table, Td, Th } from "../ui/table.tsx";
import { showError, showToast } from "../ui/toast.tsx";

/** US dollars per million tokens. */
export type PriceShown = {
  id: string | null;
  /** A name, or the beginning of one and `*`. */
  model: string;
  /** Null: always. */
  from: string | null;
  input: number;
  cachedInput: number | null;
  cacheWrite: number | null;
  output: number;
  reasoning: number | null;
};

type PricesTableProps = {
  label: string;
  rows: readonly PriceShown[];
  /** Puts a removed price back. */
  onSave: ((input: SaveModelPriceInput) => Promise<ActionResult<unknown>>) | null;
  onDelete: ((input: { id: string }) => Promise<ActionResult<unknown>>) | null;
};

/** Prices by model. Cached, written and reasoning tokens without a price of their own cost as their kind does. */
export function PricesTable({ label, rows, onSave, onDelete }: PricesTableProps) {
  async function remove(row: PriceShown) {
    if (!onDelete || row.id === null) return;
    const result = await onDelete({ id: row.id });
    if (!result.ok) return showError(result.error.message);
    showToast(`${row.model} has no price of its own now`, {
      action: { label: "Undo", onClick: () => void onSave?.(inputOf(row)) },
    });
  }

  return (
    <Table label={label} className="min-w-[48rem]">
      <thead>
        <tr>
          <Th>Model</Th>
          <Th>From</Th>
          {amounts.map(({ title }) => (
            <Th key={title} className="text-right">
              {title}
            </Th>
          ))}
          {onDelete && (
            <Th className="w-24">
              <span className="sr-only">Actions</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.model} ${row.from}`}>
            <Td>
              <code>{row.model}</code>
            </Td>
            <Td className="whitespace-nowrap text-muted">{row.from ? row.from.slice(0, 10) : "always"}</Td>
            {amounts.map(({ title, of }) => (
              <Td key={title} className="text-right tabular-nums">
                {shown(of(row))}
              </Td>
            ))}
            {onDelete && (
              <Td className="text-right">
                <Button size="sm" variant="quiet" onClick={() => void remove(row)}>
                  Remove<span className="sr-only"> {row.model}</span>
                </Button>
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const amounts: { title: string; of: (row: PriceShown) => number | null }[] = [
  { title: "Input", of: (row) => row.input },
  { title: "Cached input", of: (row) => row.cachedInput },
  { title: "Cache write", of: (row) => row.cacheWrite },
  { title: "Output", of: (row) => row.output },
  { title: "Reasoning", of: (row) => row.reasoning },
];

function shown(usd: number | null) {
  if (usd === null) return <span className="text-muted">–</span>;
  return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 6 })}`;
}

function inputOf(row: PriceShown): SaveModelPriceInput {
  return {
    pattern: row.model,
    ...(row.from !== null && { validFrom: row.from }),
    inputPerMillion: row.input,
    cachedInputPerMillion: row.cachedInput,
    cacheWritePerMillion: row.cacheWrite,
    outputPerMillion: row.output,
    reasoningPerMillion: row.reasoning,
  };
}
