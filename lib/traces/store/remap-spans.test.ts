import { expect, test } from "vitest";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { spanOfRaw } from "../conventions/span-of-raw.ts";
import { linkSpan } from "../link-span.ts";
import { loadLinks } from "./links.ts";
import { remapSpans } from "./remap-spans.ts";
import { writeSpans } from "./write-spans.ts";

useDatabase();

test("spans of an older mapping are derived anew from what was sent, once", async () => {
  const { ctx } = await makeProject();
  const links = await loadLinks(ctx.projectId, []);
  const span = spanOfRaw(
    { traceId: newTraceId(), spanId: newSpanId(), parentSpanId: null, name: "chat", kind: "client" },
    {
      resource: {},
      scope: { name: "", version: null },
      attributes: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" },
      events: [],
      links: [],
      startTimeUnixNano: `${Date.now()}000000`,
      endTimeUnixNano: `${Date.now() + 5}000000`,
      statusCode: 0,
      statusMessage: null,
    },
  );
  await writeSpans([linkSpan(ctx.projectId, { span, content: null }, links, Date.now() * 1000)]);
  await sql()`update spans set mapping_version = 0, request_model = null, is_model_call = false, operation = 'other'
    where project_id = ${ctx.projectId}`;
  expect(await remapSpans()).toBe(1);
  expect(await remapSpans()).toBe(0);
  const rows = await sql()`select operation, request_model, is_model_call, duration_us from spans
    where project_id = ${ctx.projectId}`;
  expect(rows).toEqual([{ operation: "chat", request_model: "m", is_model_call: true, duration_us: 5000 }]);
});
