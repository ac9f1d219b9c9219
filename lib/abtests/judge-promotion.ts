import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { evidenceOf, getReport } from "./get-report.ts";
import type { Verdict } from "./verdict.ts";

export type Judged = { isAgainstVerdict: boolean; verdict: Verdict; evidence: JsonObject };

/**
 * Whether the verdict as it is now recommends the variant, with the report as evidence. Throws `conflict` where it
 * does not and no reason is given.
 */
export async function judgePromotion(
  ctx: Context,
  input: { key: string; variantKey: string; againstVerdictReason?: string | null },
): Promise<Judged> {
  const report = await getReport(ctx, input.key);
  const { verdict } = report;
  const isAgainstVerdict = verdict.recommendation.variantKey !== input.variantKey;
  if (isAgainstVerdict && !input.againstVerdictReason)
    throw new AppError(
      "conflict",
      `The verdict does not recommend ${input.variantKey}: ${verdict.sentence} Say why you promote it all the same; a second person must approve that.`,
      { issues: [{ path: "againstVerdictReason", message: "Needed to promote against the verdict." }] },
    );
  const evidence = { ...evidenceOf(report), variantKey: input.variantKey, isAgainstVerdict };
  return { isAgainstVerdict, verdict, evidence };
}
