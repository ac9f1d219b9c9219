"use client";

import type { Role } from "#lib/core/context.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Select } from "../ui/select.tsx";
import { Table, Td, Th } from "../ui/table.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { roleOptions } from "./roles.ts";

export type Member = { userId: string; name: string; email: string; role: Role; since: string };

type MembersTableProps = {
  members: readonly Member[];
  ownUserId: string;
  projectName: string;
  canManage: boolean;
  /** Only owners make, change and remove owners. */
  canManageOwners: boolean;
  onChangeRole: (userId: string, role: Role) => Promise<ActionResult<unknown>>;
  onRemove: (userId: string) => Promise<ActionResult<unknown>>;
};

/** Who may do what in the project. */
export function MembersTable(props: MembersTableProps) {
  const { members, ownUserId, projectName, canManage, canManageOwners, onChangeRole, onRemove } = props;

  async function changeRole(member: Member, role: Role) {
    const result = await onChangeRole(member.userId, role);
    if (result.ok) showToast(`${member.name} is now ${role}`);
    else showError(result.error.message);
  }

  return (
    <Table label="Members" className="min-w-[40rem]">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Email</Th>
          <Th className="w-36">Role</Th>
          <Th className="w-32">Joined</Th>
          {canManage && (
            <Th className="w-24">
              <span className="sr-only">Actions</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {members.map((member) => {
          const isSelf = member.userId === ownUserId;
          const mayChange = canManage && (member.role !== "owner" || canManageOwners);
          return (
            <tr key={member.userId}>
              <Td className="font-medium">
                {member.name}
                {isSelf && <span className="font-normal text-muted"> (you)</span>}
              </Td>
              <Td className="text-muted">{member.email}</Td>
              <Td>
                {mayChange ? (
                  <Select
                    aria-label={`Role of ${member.name}`}
                    value={member.role}
                    options={roleOptions.filter((option) => option.value !== "owner" || canManageOwners)}
                    onValueChange={(role) => changeRole(member, role)}
                  />
                ) : (
                  roleOptions.find((option) => option.value === member.role)?.label
                )}
              </Td>
              <Td className="whitespace-nowrap text-muted">
                <RelativeTime value={member.since} />
              </Td>
              {canManage && (
                <Td className="text-right">
                  {mayChange && (
                    <ConfirmDialog
                      trigger={
                        <Button
                          variant="danger"
                          size="sm"
                          aria-label={isSelf ? `Leave ${projectName}` : `Remove ${member.name}`}
                        >
                          {isSelf ? "Leave" : "Remove"}
                        </Button>
                      }
                      title={isSelf ? `Leave ${projectName}?` : `Remove ${member.name}?`}
                      consequence={
                        isSelf
                          ? `You lose access to ${projectName} at once. Only another admin can invite you again.`
                          : `${member.name} loses access to ${projectName} at once. What they made stays, under their name. API keys they made keep working until revoked.`
                      }
                      confirmLabel={isSelf ? `Leave ${projectName}` : `Remove ${member.name}`}
                      onConfirm={async () => {
                        const result = await onRemove(member.userId);
                        return result.ok ? null : result.error.message;
                      }}
                    />
                  )}
                </Td>
              )}
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
