"use client";

import { ConnectionsTable } from "#components/models/connections-table.tsx";
import type { Connection } from "#lib/models/schema.ts";
import { archiveConnection, saveConnection, testConnection } from "./actions.ts";

type ConnectionsProps = { slug: string; connections: Connection[]; canEdit: boolean };

export function Connections({ slug, connections, canEdit }: ConnectionsProps) {
  const actions = {
    onSave: saveConnection.bind(null, slug),
    onTest: (id: string) => testConnection(slug, { id }),
    onArchive: (id: string) => archiveConnection(slug, { id }),
  };
  return <ConnectionsTable connections={connections} actions={canEdit ? actions : undefined} />;
}
