"use server";

import { z } from "zod";
import { action } from "#lib/http/action.ts";
import { estimateRun, estimateRunInput } from "#lib/playground/estimate-run.ts";
import { keepItems, keepItemsInput } from "#lib/playground/keep-items.ts";
import { readRows } from "#lib/playground/read-rows.ts";
import { datasetSlice, playgroundSetup } from "#lib/playground/schema.ts";
import { evaluateColumns, evaluateColumnsInput } from "#lib/playground/start-evaluation.ts";
import { saveSetup } from "#lib/playground/store/setups.ts";
import { findVersion } from "#lib/prompts/find-version.ts";
import { listIncludable } from "#lib/prompts/list-includable.ts";
import { resolveIncludes, resolveIncludesInput } from "#lib/prompts/resolve-includes.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { promptName, saveVersionInput } from "#lib/prompts/schema.ts";
import { recordScore } from "#lib/scores/record-score.ts";

export const keepSetup = action(playgroundSetup, saveSetup);

export const readDatasetRows = action(datasetSlice, readRows);

export const loadVersion = action(
  z.object({
    name: promptName,
    /** A number, a label or `latest`. */
    version: z.string().max(40),
  }),
  async (ctx, { name, version }) => {
    const selector = /^\d{1,9}$/.test(version) ? { version: Number(version) } : { label: version };
    const found = await findVersion(ctx, { name, ...selector });
    return { name: found.name, number: found.number, content: found.content };
  },
);

export const listPrompts = action(z.object({}), (ctx) => listIncludable(ctx));

export const resolvePromptIncludes = action(resolveIncludesInput, resolveIncludes);

export const estimateCalls = action(estimateRunInput, estimateRun);

export const keepAnswers = action(keepItemsInput, async (ctx, input) => {
  const { datasetName, number, isNew, datasetId } = await keepItems(ctx, input);
  return { datasetId, datasetName, number, isNew };
});

export const saveColumn = action(saveVersionInput, async (ctx, input) => {
  const { version, isNew } = await saveVersion(ctx, input);
  return { name: version.name, number: version.number, isNew, content: version.content };
});

export const startColumnsEvaluation = action(evaluateColumnsInput, async (ctx, input) => {
  const { id } = await evaluateColumns(ctx, input);
  return { id };
});

/** A person has one thumb about an answer: given again, under the same id, it replaces the earlier one. */
export const scoreAnswer = action(
  z.object({
    traceId: z.string(),
    spanId: z.string(),
    name: z.string(),
    value: z.union([z.number(), z.boolean(), z.string()]),
    comment: z.string().optional(),
  }),
  async (ctx, score) => {
    const id =
      score.name === "thumbs" ? `thumbs:${ctx.actor.id}:${score.traceId}:${score.spanId}` : undefined;
    return recordScore(ctx, { ...score, id, source: "person" });
  },
);
