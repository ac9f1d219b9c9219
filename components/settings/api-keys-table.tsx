"use client";

import type { Scope } from "#lib/core/context.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { relativeTime } from "../ui/format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table, Td, Th } from "../ui/table.tsx";

export type KeyRow = {
  id: string;
  name: string;
  publicKey: string;
  secretHint: string;
  scopes: Scope[];
  createdBy: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
};

type ApiKeysTableProps = {
  keys: readonly KeyRow[];
  onRevoke: (id: string) => Promise<ActionResult<unknown>>;
};

/** The keys of the project; revoked ones stay, at the end, so that old traces keep their sender. */
export function ApiKeysTable({ keys, onRevoke }: ApiKeysTableProps) {
  const ordered = keys.toSorted((a, b) => Number(a.revokedAt !== null) - Number(b.revokedAt !== null));
  return (
    <Table label="API keys" className="min-w-[56rem]">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Public key</Th>
          <Th>Secret</Th>
          <Th>May</Th>
          <Th>Created</Th>
          <Th>Last used</Th>
          <Th className="relative w-24">
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {ordered.map((key) => (
          <tr key={key.id} className={key.revokedAt ? "text-muted" : undefined}>
            <Td className="font-medium">{key.name}</Td>
            <Td>
              <CopyId id={key.publicKey} shown={16} label="public key" />
            </Td>
            <Td className="font-mono text-xs whitespace-nowrap text-muted">sk-…{key.secretHint}</Td>
            <Td>
              <span className="flex max-w-80 flex-wrap gap-1">
                {key.scopes.map((scope) => (
                  <Badge key={scope} tone={scope === "admin" ? "neutral" : "outline"}>
                    {scope === "admin" ? "everything" : scope}
                  </Badge>
                ))}
              </span>
            </Td>
            <Td className="whitespace-nowrap">
              <RelativeTime value={key.createdAt} /> <span className="text-muted">by {key.createdBy}</span>
            </Td>
            <Td className="whitespace-nowrap">
              {key.lastUsedAt ? (
                <RelativeTime value={key.lastUsedAt} />
              ) : (
                <span className="text-muted">never</span>
              )}
            </Td>
            <Td className="text-right whitespace-nowrap">
              {key.revokedAt ? (
                <span className="text-xs">
                  revoked <RelativeTime value={key.revokedAt} />
                </span>
              ) : (
                <ConfirmDialog
                  trigger={
                    <Button variant="danger" size="sm" aria-label={`Revoke ${key.name}`}>
                      Revoke
                    </Button>
                  }
                  title={`Revoke “${key.name}”?`}
                  consequence={consequenceOf(key)}
                  confirmLabel={`Revoke “${key.name}”`}
                  onConfirm={async () => {
                    const result = await onRevoke(key.id);
                    return result.ok ? null : result.error.message;
                  }}
                />
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function consequenceOf(key: KeyRow): string {
  const use = key.lastUsedAt
    ? `It was last used ${relativeTime(new Date(key.lastUsedAt).getTime(), Date.now())}.`
    : "It was never used.";
  return `${use} Within 5 seconds every client that sends sk-…${key.secretHint} is answered 401. What it sent stays. This cannot be undone: a new key has to be made.`;
}
