import { expect, test } from "vitest";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { draftInput } from "./abtest.fixture.ts";
import { reportJson, toReportJson } from "./api-schema.ts";
import { changeTraffic } from "./change-traffic.ts";
import { createAbTest } from "./create-ab-test.ts";
import { getReport } from "./get-report.ts";
import { recomputeVerdict } from "./recompute-verdict.ts";
import { startAbTest } from "./start-ab-test.ts";
import { sendUnits } from "./traffic.fixture.ts";

useDatabase();

test("a report's JSON is enough to come to its verdict again, over two phases and with a quantile", async () => {
  const { ctx } = await makeProject();
  await createAbTest(ctx, await draftInput(ctx));
  await startAbTest(ctx, "greeting-tone");
  await sendUnits(ctx, "greeting-tone", { units: 500, helpful: { A: 0.4, B: 0.7 } });
  await changeTraffic(ctx, "greeting-tone", { weights: { A: 0.3, B: 0.7 }, reason: "More of B" });
  await sendUnits(ctx, "greeting-tone", { units: 500, helpful: { A: 0.4, B: 0.7 }, seed: 2 });
  const report = reportJson.parse(
    JSON.parse(JSON.stringify(toReportJson(await getReport(ctx, "greeting-tone")))),
  );
  const again = recomputeVerdict(report);
  expect(again.verdict).toEqual(report.verdict);
  expect(again.deviations).toEqual([]);
  expect(again.numbers.length).toBeGreaterThanOrEqual(9);

  const forged = structuredClone(report);
  forged.metrics[0]!.comparisons[0]!.estimate!.lower -= 0.05;
  expect(recomputeVerdict(forged).deviations).toMatchObject([{ metric: "score:helpful", what: "lower" }]);
});
