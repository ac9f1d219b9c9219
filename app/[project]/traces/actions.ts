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
import { findSpan } from "#lib/traces/store/find-trace.ts";
import { describeLinks } from "./[traceId]/describe-links.ts";

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
