import type { z } from "zod";
import type { Context } from "#lib/core/context.ts";
import { importItems } from "./import-items.ts";
import type { addFromTraceInput, ImportedVersion } from "./schema.ts";

/** Turns one trace's input (and, if known, the right answer) into an item of the dataset's next version. */
export function addFromTrace(
  ctx: Context,
  input: z.output<typeof addFromTraceInput>,
): Promise<ImportedVersion> {
  const { dataset, ...item } = input;
  return importItems(ctx, {
    dataset,
    items: [item],
    mode: "append",
    message: `From trace ${item.sourceTraceId}`,
  });
}
