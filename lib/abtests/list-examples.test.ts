import { expect, test } from "vitest";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { acceptSpans } from "#lib/ingest/accept-spans.ts";
import { recordScores } from "#lib/scores/record-score.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { spanOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import { draftInput } from "./abtest.fixture.ts";
import { createAbTest } from "./create-ab-test.ts";
import { listExamples } from "./list-examples.ts";
import { startAbTest } from "./start-ab-test.ts";

useDatabase();

test("the same question to both variants is paired, the largest gap first, and the worst are listed", async () => {
  const { ctx } = await makeProject();
  await createAbTest(ctx, await draftInput(ctx));
  await startAbTest(ctx, "greeting-tone");
  const ask = async (variant: string, question: string, helpful: number, latencyMs: number) => {
    const traceId = newTraceId();
    const startMs = Date.now();
    const span = spanOfRaw(
      { traceId, spanId: newSpanId(), parentSpanId: null, name: "chat", kind: "client" },
      {
        resource: {},
        scope: { name: "test", version: null },
        attributes: {
          "gen_ai.operation.name": "chat",
          "gen_ai.input.messages": JSON.stringify([
            { role: "user", parts: [{ type: "text", content: question }] },
          ]),
          "gen_ai.output.messages": JSON.stringify([
            { role: "assistant", parts: [{ type: "text", content: `${variant} answers ${question}` }] },
          ]),
          "stemma.ab_test.key": "greeting-tone",
          "stemma.ab_test.variant": variant,
          "stemma.ab_test.unit": `user-${traceId}`,
        },
        events: [],
        links: [],
        startTimeUnixNano: String(BigInt(startMs) * 1_000_000n),
        endTimeUnixNano: String(BigInt(startMs + latencyMs) * 1_000_000n),
        statusCode: 1,
        statusMessage: null,
      },
    );
    await acceptSpans(ctx, [span]);
    await recordScores(ctx, [{ name: "helpful", value: helpful, traceId, source: "api" }]);
    return traceId;
  };
  await ask("A", "How do I pay?", 0.9, 100);
  await ask("B", "how do I  pay?", 0.2, 100);
  await ask("A", "Where is my parcel?", 0.5, 100);
  await ask("B", "Where is my parcel?", 0.6, 100);
  const slow = await ask("B", "Only asked of B", 0.9, 5000);
  const examples = await listExamples(ctx, "greeting-tone");
  expect(examples.measure).toBe("score:helpful");
  expect(examples.pairs.map(({ control, gap }) => [control.input, gap?.toFixed(1)])).toEqual([
    ["How do I pay?", "-0.7"],
    ["Where is my parcel?", "0.1"],
  ]);
  expect(examples.pairs[0]!.treatment).toMatchObject({ variantKey: "B", output: "B answers how do I pay?" });
  const worst = (variantKey: string, measure: string) =>
    examples.worst.find((each) => each.variantKey === variantKey && each.measure === measure)!.traces;
  expect(worst("B", "latency_ms")[0]!.traceId).toBe(slow);
  expect(worst("B", "score:helpful")[0]!.scores.helpful).toBe(0.2);
  expect(examples.random.map(({ traces }) => traces.length)).toEqual([2, 3]);
});
