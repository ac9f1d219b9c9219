import type { Report } from "#lib/abtests/get-report.ts";
import type { Api } from "./api.ts";
import { names } from "./story.ts";
import type { Terminal } from "./terminal.ts";

/** What a test's report says now: "keep_running: No difference …". */
export async function readVerdict(api: Api, terminal: Terminal, key: string): Promise<string> {
  const { verdict, variants } = await api.get<Report>(`/api/v1/ab-tests/${key}/report`);
  for (const { variantKey, units, traces } of variants) {
    terminal.note(`${key}, variant ${variantKey}: ${units} units, ${traces} traces`);
  }
  terminal.note(verdict.sentence);
  return `${verdict.state}: ${verdict.sentence}`;
}

/** Prints the report's verdict and, if it recommends a variant, promotes that one. Returns what was decided. */
export async function reportAndPromote(api: Api, terminal: Terminal): Promise<string> {
  const report = await api.get<Report>(`/api/v1/ab-tests/${names.abTest}/report`);
  for (const { variantKey, units, traces } of report.variants) {
    terminal.note(`variant ${variantKey}: ${units} units, ${traces} traces`);
  }
  const { sentence, recommendation } = report.verdict;
  terminal.note(sentence);
  if (recommendation.action !== "promote" || !recommendation.variantKey) {
    return `Nothing is promoted: ${sentence}`;
  }
  await api.post(`/api/v1/ab-tests/${names.abTest}/promote`, {
    variantKey: recommendation.variantKey,
    label: "production",
    reason: `The A/B test says: ${sentence}`,
  });
  terminal.note(`production now points at variant ${recommendation.variantKey}'s prompt version`);
  return `Promoted variant ${recommendation.variantKey}. ${sentence}`;
}
