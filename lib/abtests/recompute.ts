import { readFileSync } from "node:fs";
import { reportJson } from "./api-schema.ts";
import { recomputeVerdict } from "./recompute-verdict.ts";

/** `npm run -s recompute -- report.json`: the verdict again, from the report's sums, with the server far away. */
const [path] = process.argv.slice(2);
try {
  if (!path) throw new Error("Name a file: npm run -s recompute -- report.json");
  const parsed = reportJson.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!parsed.success) throw new Error(`${path} is no report: ${parsed.error.issues[0]?.message}`);
  const { verdict, reported, numbers, deviations } = recomputeVerdict(parsed.data);
  console.log(`${verdict.state}: ${verdict.sentence}`);
  console.log(`${numbers.length} numbers were computed again; ${deviations.length} deviate.`);
  for (const each of deviations)
    console.log(
      `  ${each.metric} ${each.variantKey} ${each.what}: ${each.reported}, again ${each.recomputed}`,
    );
  const isSame = verdict.state === reported.state && deviations.length === 0;
  if (verdict.state !== reported.state) console.log(`The report says ${reported.state}.`);
  process.exitCode = isSame ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
