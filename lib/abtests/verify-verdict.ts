import { readFile } from "node:fs/promises";
import { evidenceFile, recomputeVerdict } from "./evidence-file.ts";

/**
 * `npm run verdict -- FILE`: computes the verdict of an A/B test again from the sums in a file (of
 * `/api/v1/ab-tests/KEY/evidence`), without a database. Ends with 0 if it is the recorded one, 1 if it is not, 2 if the
 * file cannot be read.
 */
const [path] = process.argv.slice(2);
try {
  if (!path) throw new Error("Name the file: npm run verdict -- evidence.json");
  const parsed = evidenceFile.safeParse(JSON.parse(await readFile(path, "utf8")));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`This is not an evidence file: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { verdict, isSame } = recomputeVerdict(parsed.data);
  console.log(`${verdict.state}: ${verdict.sentence}`);
  for (const each of verdict.missing) console.log(`  missing: ${each}`);
  console.log(
    isSame
      ? "It is the verdict in the file."
      : `The file says ${parsed.data.verdict.state}: ${parsed.data.verdict.sentence}`,
  );
  process.exitCode = isSame ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
