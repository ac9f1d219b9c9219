"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import type { Context } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { addFromTrace } from "#lib/datasets/add-from-trace.ts";
import { createDataset } from "#lib/datasets/create-dataset.ts";
import { findDataset } from "#lib/datasets/queries.ts";
import { addFromTraceInput } from "#lib/datasets/schema.ts";
import { action } from "#lib/http/action.ts";
import { recordScore } from "#lib/scores/record-score.ts";
import { traceFilter } from "#lib/traces/schema.ts";
import { deleteTraces } from "#lib/traces/store/delete-traces.ts";
import { findSpan } from "#lib/traces/store/find-trace.ts";
import { listSessions, listUsers } from "#lib/traces/store/list-actors.ts";
import { searchTraces } from "#lib/traces/store/search-traces.ts";
import { describeLinks } from "./[traceId]/describe-links.ts";

export const searchMore = action(
  z.object({ filter: traceFilter, sort: z.enum(["newest", "oldest"]), cursor: z.string().nullable() }),
  (ctx, input) => searchTraces(ctx, { ...input, limit: 200 }),
);

const traceIds = z
  .array(z.string().regex(/^[0-9a-f]{32}$/))
  .min(1)
  .max(10_000);

export const deleteSelected = action(z.object({ traceIds }), deleteTraces);

/** Every trace that a session's or a user's spans are in: for the person who asks to be forgotten. */
export const deleteOf = action(
  z.union([z.object({ sessionId: z.string().min(1) }), z.object({ userId: z.string().min(1) })]),
  deleteTraces,
);

export const listMoreActors = action(
  z.object({ kind: z.enum(["session", "user"]), cursor: z.string() }),
  (ctx, { kind, cursor }) => (kind === "session" ? listSessions : listUsers)(ctx, { cursor, limit: 200 }),
);

const spanOfTrace = z.object({ traceId: z.string(), spanId: z.string() });

export const readSpan = action(spanOfTrace, async (ctx, { traceId, spanId }) => {
  const span = await findSpan(ctx, traceId, spanId);
  return { span, links: await describeLinks(ctx, span) };
});

/** A person has one thumb about a span: given again, under the same id, it replaces the earlier one. */
export const scoreSpan = action(
  spanOfTrace.extend({
    name: z.string(),
    value: z.union([z.number(), z.boolean(), z.string()]),
    comment: z.string().optional(),
  }),
  async (ctx, score) => {
    const id =
      score.name === "thumbs" ? `thumbs:${ctx.actor.id}:${score.traceId}:${score.spanId}` : undefined;
    await recordScore(ctx, { ...score, id, source: "person" });
    refresh();
  },
);

export const addSpanToDataset = action(addFromTraceInput, async (ctx, item) => {
  const dataset = await findOrCreateDataset(ctx, item.dataset);
  const { datasetName, number, isNew } = await addFromTrace(ctx, { ...item, dataset });
  return { datasetName, number, isNew };
});

async function findOrCreateDataset(ctx: Context, name: string): Promise<string> {
  try {
    return (await findDataset(ctx, name)).id;
  } catch (error) {
    if (!isAppError(error) || error.code !== "not_found") throw error;
    return (await createDataset(ctx, { name, description: "" })).id;
  }
}
