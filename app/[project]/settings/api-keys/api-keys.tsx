"use client";

import { ApiKeysTable, type KeyRow } from "#components/settings/api-keys-table.tsx";
import { revokeApiKey } from "../actions.ts";

export function ApiKeys({ slug, keys }: { slug: string; keys: KeyRow[] }) {
  return <ApiKeysTable keys={keys} onRevoke={(id) => revokeApiKey(slug, { id })} />;
}
