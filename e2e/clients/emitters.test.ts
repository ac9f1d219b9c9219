import { beforeAll, describe, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";
import { drainGateway } from "#lib/ingest/gateway/trace-queue.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { findTrace } from "#lib/traces/store/find-trace.ts";
import type { SpanDetail } from "#lib/traces/store/span-rows.ts";
import { type Call, calls, type EmitterRow, emitters, expectedFacts } from "./emitters.ts";
import { factsOf } from "./facts.ts";
import { installEmitters } from "./install.ts";
import { runEmitter, traceIdOf } from "./run-emitter.ts";
import { serveApi } from "./serve-api.ts";

useDatabase();

let ctx: Context;
const failures = new Map<string, unknown>();

beforeAll(async () => {
  await installEmitters();
  const server = await serveApi();
  ({ ctx } = await makeProject());
  const key = await makeApiKey(ctx);
  await registerModel(ctx);
  const waiting = emitters.map(({ emitter }) => emitter);
  const work = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      await runEmitter(name, { origin: server.origin, ...key }).catch((error) => failures.set(name!, error));
    }
  };
  await Promise.all([work(), work()]);
  await drainGateway();
  await server.close();
}, 180_000);

describe.each(emitters)("$emitter", (row) => {
  test("runs against us without an error", () => expect(failures.get(row.emitter)).toBeUndefined());

  const made = calls.filter((call) => row.spans[call] !== undefined);
  const sent = made.filter((call) => row.spans[call] !== 0);
  const lost = made.filter((call) => row.spans[call] === 0);

  test.each(sent)("%s: the model call says what happened, as far as the emitter does", async (call) => {
    const spans = await spansOf(row, call);
    expect(spans).toHaveLength(row.spans[call]!);
    // A parent repeats its leaf's tokens, if not more: only one of them counts.
    const modelCalls = spans.filter((span) => span.isModelCall);
    expect(modelCalls).toHaveLength(1);
    expect(modelCalls[0]!.dialect).toBe(row.dialect);
    expect(factsOf(modelCalls[0]!)).toEqual(expectedFacts(row, call));
  });

  test.each(lost)("%s: the emitter sends nothing", async (call) => {
    expect(await spansOf(row, call)).toEqual([]);
  });
});

/** For the gateway, which calls only what is registered. */
async function registerModel(ctx: Context): Promise<void> {
  const { id: connectionId } = await saveConnection(ctx, {
    name: "rehearsal",
    provider: "rehearsal",
    baseUrl: "/rehearsal/v1",
  });
  const { name: model } = await createModel(ctx, { name: "geographer" });
  await createModelVersion(ctx, {
    model,
    connectionId,
    providerModel: "rehearsal-large@100x",
    parameters: {},
  });
}

async function spansOf({ emitter }: EmitterRow, call: Call): Promise<SpanDetail[]> {
  const traceId = traceIdOf(emitter, call);
  const known = await sql()`
    select from spans where project_id = ${ctx.projectId} and trace_id = ${traceId} limit 1`;
  return known.length > 0 ? (await findTrace(ctx, traceId)).spans : [];
}
