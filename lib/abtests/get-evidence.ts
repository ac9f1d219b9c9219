import { type Context, requireScope } from "#lib/core/context.ts";
import { evaluateAbTest } from "./evaluate-ab-test.ts";
import { type EvidenceFile, toEvidenceFile } from "./evidence-file.ts";

/** What the verdict rests on as it is now: `npm run verdict -- FILE` computes it again. Throws `not_found`. */
export async function getEvidence(ctx: Context, key: string): Promise<EvidenceFile> {
  requireScope(ctx, "read");
  return toEvidenceFile(await evaluateAbTest(ctx.projectId, key));
}
