"use client";

import type { ComponentProps } from "react";
import { InvitationsTable } from "#components/settings/invitations-table.tsx";
import { cancelInvitation } from "../actions.ts";

type InvitationsProps = Omit<ComponentProps<typeof InvitationsTable>, "onCancel"> & { slug: string };

export function Invitations({ slug, ...props }: InvitationsProps) {
  return <InvitationsTable {...props} onCancel={(id) => cancelInvitation(slug, { id })} />;
}
