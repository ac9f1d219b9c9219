"use server";

import { z } from "zod";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import { pauseAbTest } from "#lib/abtests/pause-ab-test.ts";
import { planAbTest, planInput } from "#lib/abtests/plan-ab-test.ts";
import { promoteWinner } from "#lib/abtests/promote-winner.ts";
import { createAbTestInput, promoteInput } from "#lib/abtests/schema.ts";
import { startAbTest } from "#lib/abtests/start-ab-test.ts";
import { stopAbTest } from "#lib/abtests/stop-ab-test.ts";
import { updateDraft } from "#lib/abtests/update-draft.ts";
import { action } from "#lib/http/action.ts";
import { diffContent } from "#lib/prompts/diff.ts";
import { findVersionById } from "#lib/prompts/find-version.ts";

const key = z.string();
const reason = z.string().max(2000).default("");

export const saveNewAbTest = action(createAbTestInput, async (ctx, input) => ({
  key: (await createAbTest(ctx, input)).key,
}));

export const saveAbTestDraft = action(createAbTestInput, async (ctx, { key, seed: _, ...draft }) => ({
  key: (await updateDraft(ctx, key, draft)).key,
}));

export const beginAbTest = action(
  z.object({ key, acceptsWarnings: z.boolean() }),
  async (ctx, { key, acceptsWarnings }) => ({
    status: (await startAbTest(ctx, key, { acceptsWarnings })).status,
  }),
);

export const holdAbTest = action(z.object({ key, reason }), async (ctx, { key, reason }) => ({
  status: (await pauseAbTest(ctx, key, reason)).status,
}));

export const endAbTest = action(z.object({ key, reason }), async (ctx, { key, reason }) => ({
  status: (await stopAbTest(ctx, key, reason)).status,
}));

export const promoteAbTestWinner = action(promoteInput.extend({ key }), async (ctx, input) => {
  const { promptName, label, toVersion, deployments } = await promoteWinner(ctx, input);
  return { promptName, label, toVersion, deployments };
});

export const planUnits = action(planInput, planAbTest);

export const diffPromptVersions = action(
  z.object({ before: z.uuid(), after: z.uuid() }),
  async (ctx, { before, after }) =>
    diffContent((await findVersionById(ctx, before)).content, (await findVersionById(ctx, after)).content),
);
