"use client";

import type { ActionResult } from "#lib/http/action.ts";
import type { Connection, ConnectionTest, SaveConnectionInput } from "#lib/models/schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Table, Td, Th } from "../ui/table.tsx";
import { ConnectionDialog } from "./connection-dialog.tsx";
import { providerLabel } from "./providers.ts";
import { SimulatedBadge } from "./simulated-badge.tsx";
import { TestConnectionButton } from "./test-connection-button.tsx";

export type ConnectionActions = {
  onSave: (input: SaveConnectionInput) => Promise<ActionResult<Connection>>;
  onTest: (id: string) => Promise<ActionResult<ConnectionTest>>;
  onArchive: (id: string) => Promise<ActionResult<unknown>>;
};

type ConnectionsTableProps = {
  connections: readonly Connection[];
  /** Absent for those who may only look. */
  actions?: ConnectionActions;
};

export function ConnectionsTable({ connections, actions }: ConnectionsTableProps) {
  return (
    <Table label="Connections" className="min-w-[44rem]">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Provider</Th>
          <Th>Base URL</Th>
          <Th>Key</Th>
          {/* Positioned, or the hidden text would widen the page past the table's own scrolling box. */}
          {actions && (
            <Th className="relative">
              <span className="sr-only">Actions</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {connections.map((connection) => (
          <tr key={connection.id}>
            <Td className="font-medium">{connection.name}</Td>
            <Td>
              <span className="flex items-center gap-2">
                {providerLabel(connection.provider)}
                {connection.isSimulated && <SimulatedBadge />}
              </span>
            </Td>
            <Td className="font-mono text-xs break-all">{connection.baseUrl}</Td>
            <Td className="font-mono text-xs whitespace-nowrap text-muted">{keyText(connection)}</Td>
            {actions && (
              <Td className="text-right whitespace-nowrap">
                <span className="inline-flex gap-1.5">
                  <TestConnectionButton connection={connection} onTest={actions.onTest} />
                  <ConnectionDialog
                    connection={connection}
                    onSave={actions.onSave}
                    trigger={
                      <Button size="sm" aria-label={`Edit ${connection.name}`}>
                        Edit
                      </Button>
                    }
                  />
                  <ConfirmDialog
                    trigger={
                      <Button size="sm" variant="danger" aria-label={`Archive ${connection.name}`}>
                        Archive
                      </Button>
                    }
                    title={`Archive “${connection.name}”?`}
                    consequence="Its key is forgotten, and calls of model versions on it are refused. Versions and traces stay. To use it again, connect the provider anew."
                    confirmLabel="Archive connection"
                    onConfirm={async () => {
                      const result = await actions.onArchive(connection.id);
                      return result.ok ? null : result.error.message;
                    }}
                  />
                </span>
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function keyText({ hasKey, keyHint }: Connection): string {
  if (!hasKey) return "none";
  return keyHint ? `…${keyHint}` : "stored";
}
