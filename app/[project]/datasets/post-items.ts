import type { ImportRequest } from "#components/datasets/import-items-dialog.tsx";
import type { ImportedVersion } from "#lib/datasets/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";

/**
 * Imports through the machine API with the session's cookie: a server action takes one megabyte, the API as much
 * as the server allows.
 */
export async function postItems(
  slug: string,
  datasetId: string,
  input: ImportRequest,
): Promise<ActionResult<ImportedVersion>> {
  const response = await fetch(`/api/v1/datasets/${datasetId}/items`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-stemma-project": slug },
    body: JSON.stringify(input),
  });
  const body = await response.json();
  return response.ok ? { ok: true, data: body } : { ok: false, error: body.error };
}
