"use client";

import type { Role } from "#lib/core/context.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table, Td, Th } from "../ui/table.tsx";
import { showError, showToast } from "../ui/toast.tsx";

export type PendingInvitation = {
  id: string;
  email: string;
  role: Role;
  invitedBy: string;
  expiresAt: string;
};

type InvitationsTableProps = {
  invitations: readonly PendingInvitation[];
  canManage: boolean;
  onCancel: (id: string) => Promise<ActionResult<unknown>>;
};

/** Links that were handed out and not used yet. */
export function InvitationsTable({ invitations, canManage, onCancel }: InvitationsTableProps) {
  async function cancel(invitation: PendingInvitation) {
    const result = await onCancel(invitation.id);
    if (result.ok) showToast(`The link for ${invitation.email} no longer works`);
    else showError(result.error.message);
  }

  return (
    <Table label="Open invitations" className="min-w-[36rem]">
      <thead>
        <tr>
          <Th>Email</Th>
          <Th>Role</Th>
          <Th>Invited by</Th>
          <Th>Expires</Th>
          {canManage && (
            <Th className="w-24">
              <span className="sr-only">Actions</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {invitations.map((invitation) => (
          <tr key={invitation.id}>
            <Td className="font-medium">{invitation.email}</Td>
            <Td>{invitation.role}</Td>
            <Td className="text-muted">{invitation.invitedBy}</Td>
            <Td className="whitespace-nowrap text-muted">
              <RelativeTime value={invitation.expiresAt} />
            </Td>
            {canManage && (
              <Td className="text-right">
                <Button
                  size="sm"
                  aria-label={`Cancel the invitation of ${invitation.email}`}
                  onClick={() => cancel(invitation)}
                >
                  Cancel
                </Button>
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
