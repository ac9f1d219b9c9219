"use client";

import type { ComponentProps } from "react";
import { MembersTable } from "#components/settings/members-table.tsx";
import { changeRole, removeMember } from "../actions.ts";

type MembersProps = Omit<ComponentProps<typeof MembersTable>, "onChangeRole" | "onRemove"> & { slug: string };

export function Members({ slug, ...props }: MembersProps) {
  return (
    <MembersTable
      {...props}
      onChangeRole={(userId, role) => changeRole(slug, { userId, role })}
      onRemove={(userId) => removeMember(slug, { userId })}
    />
  );
}
