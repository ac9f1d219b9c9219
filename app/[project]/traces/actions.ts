"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { thumbId, thumbsName } from "#components/scores/thumb-id.ts";
import type { Context } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { addFromTrace } from "#lib/datasets/add-from-trace.ts";
import { createDataset } from "#lib/datasets/create-dataset.ts";
import { findDataset } from "#lib/datasets/queries.ts";
import { addFromTraceInput } from "#lib/datasets/schema.ts";
import { action } from "#lib/http/action.ts";
import { deleteScore } from "#lib/scores/queries.ts";
import { recordScore } from "#lib/scores/record-score.ts";
import { addTracesToDataset } from "#lib/traces/add-to-dataset.ts";
import {
  createSavedView,
  deleteSavedView,
  savedViewInput,
  setDefaultView,
  updateSavedView,
} from "#lib/traces/saved-views.ts";
import { traceFilter, traceSorts } from "#lib/traces/schema.ts";
import { listOpenDeletions, startDeletion } from "#lib/traces/start-deletion.ts";
import { countTraces } from "#lib/traces/store/delete-traces.ts";
import { findSpan } from "#lib/traces/store/find-trace.ts";
import { listSessions, listUsers } from "#lib/traces/store/list-actors.ts";
import { facetFields, listFacetValues } from "#lib/traces/store/list-facet-values.ts";
import { countMatching, searchTraces } from "#lib/traces/store/search-traces.ts";
import { describeLinks } from "./[traceId]/describe-links.ts";

export const searchMore = action(
  z.object({ filter: traceFilter, sort: z.enum(traceSorts), cursor: z.string().nullable() }),
  (ctx, input) => searchTraces(ctx, { ...input, limit: 200 }),
);

export const countMatches = action(z.object({ filter: traceFilter }), (ctx, { filter }) =>
  countMatching(ctx, filter),
);

/** Values that a filter's field can have, as it is typed. */
export const suggestValues = action(
  z.object({ field: z.enum(facetFields), like: z.string().max(200) }),
  async (ctx, question) => (await listFacetValues(ctx, { ...question, limit: 20 })).map(({ value }) => value),
);

const traceIds = z
  .array(z.string().regex(/^[0-9a-f]{32}$/))
  .min(1)
  .max(10_000);

/** These traces, or every trace that a session's or a user's spans are in: for the person who asks to be forgotten. */
const forget = z.union([
  z.object({ traceIds }),
  z.object({ sessionId: z.string().min(1) }),
  z.object({ userId: z.string().min(1) }),
]);

export const countForgotten = action(forget, countTraces);

export const deleteForgotten = action(forget, (ctx, input) => startDeletion(ctx, input));

export const readDeletions = action(z.object({}), listOpenDeletions);

export const addSelectedToDataset = action(
  z.object({ traceIds, dataset: z.string().trim().min(1, "Name a dataset.") }),
  async (ctx, input) => {
    const dataset = await findOrCreateDataset(ctx, input.dataset);
    const added = await addTracesToDataset(ctx, { dataset, traceIds: input.traceIds });
    const { datasetName, number, addedCount, skippedCount } = added;
    return { datasetName, number, addedCount, skippedCount };
  },
);

export const saveView = action(
  savedViewInput.extend({ isDefault: z.boolean() }),
  async (ctx, { isDefault, ...view }) => {
    const { id } = await createSavedView(ctx, view);
    if (isDefault) await setDefaultView(ctx, id);
    refresh();
    return { id };
  },
);

const viewId = z.object({ id: z.uuid() });

export const changeView = action(
  viewId.extend({ change: savedViewInput.partial() }),
  async (ctx, { id, change }) => {
    await updateSavedView(ctx, id, change);
    refresh();
  },
);

export const removeView = action(viewId, async (ctx, { id }) => {
  await deleteSavedView(ctx, id);
  refresh();
});

export const chooseDefaultView = action(z.object({ id: z.uuid().nullable() }), async (ctx, { id }) => {
  await setDefaultView(ctx, id);
  refresh();
});

export const listMoreActors = action(
  z.object({ kind: z.enum(["session", "user"]), cursor: z.string() }),
  (ctx, { kind, cursor }) => (kind === "session" ? listSessions : listUsers)(ctx, { cursor, limit: 200 }),
);

const spanOfTrace = z.object({ traceId: z.string(), spanId: z.string() });

export const readSpan = action(spanOfTrace, async (ctx, { traceId, spanId }) => {
  const span = await findSpan(ctx, traceId, spanId);
  return { span, links: await describeLinks(ctx, span) };
});

const subject = z.union([
  z.object({ traceId: z.string(), spanId: z.string().optional() }),
  z.object({ sessionId: z.string().min(1) }),
]);
const comment = z.string().optional();

export const giveScore = action(
  z.object({
    subject,
    name: z.string(),
    value: z.union([z.number(), z.boolean(), z.string()]),
    comment,
  }),
  async (ctx, { subject, ...score }) => {
    await recordScore(ctx, { ...score, ...subject, source: "person" });
    refresh();
  },
);

/** A person has one thumb about a span or a session: given again it replaces the earlier one; null takes it back. */
export const giveThumb = action(
  z.object({ subject, thumb: z.object({ isGood: z.boolean(), comment }).nullable() }),
  async (ctx, { subject, thumb }) => {
    const id = thumbId(ctx.actor.id, subject);
    if (thumb === null) await deleteScore(ctx, id);
    else {
      const { isGood: value, comment } = thumb;
      await recordScore(ctx, { id, name: thumbsName, value, comment, ...subject, source: "person" });
    }
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
