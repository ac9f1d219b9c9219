import { type Context, requireScope } from "#lib/core/context.ts";
import { importItems } from "#lib/datasets/import-items.ts";
import type { ImportedVersion } from "#lib/datasets/schema.ts";
import { readTexts } from "./store/read-texts.ts";
import { itemInputOf } from "./texts.ts";

/**
 * Makes an item of each trace that was asked something: its variables or what the user said, with the answer as the
 * expected one. One version of the dataset for all of them. Needs `read` and `evaluations:write`. Throws `not_found`.
 */
export async function addTracesToDataset(
  ctx: Context,
  { dataset, traceIds }: { dataset: string; traceIds: readonly string[] },
): Promise<ImportedVersion & { skippedCount: number }> {
  requireScope(ctx, "evaluations:write");
  const texts = await readTexts(ctx, traceIds);
  const items = traceIds.flatMap((traceId) => {
    const found = texts.get(traceId);
    if (!found || (found.input === null && found.content.variables === null)) return [];
    return [
      {
        input: itemInputOf(found.content),
        ...(found.output === null ? {} : { expected: found.output }),
        sourceTraceId: traceId,
        sourceSpanId: found.spanId,
      },
    ];
  });
  const message =
    items.length === 1 ? `From trace ${items[0]!.sourceTraceId}` : `From ${items.length} traces`;
  const version = await importItems(ctx, { dataset, items, mode: "append", message });
  return { ...version, skippedCount: traceIds.length - items.length };
}
