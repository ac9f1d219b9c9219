"use server";

import { z } from "zod";
import { amendAbTest } from "#lib/abtests/amend-ab-test.ts";
import { approvePromotion } from "#lib/abtests/approve-promotion.ts";
import { changeTraffic } from "#lib/abtests/change-traffic.ts";
import { checkDraft } from "#lib/abtests/check-draft.ts";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import { declinePromotion, withdrawPromotion } from "#lib/abtests/decline-promotion.ts";
import { pauseAbTest } from "#lib/abtests/pause-ab-test.ts";
import { planAbTest, planInput } from "#lib/abtests/plan-ab-test.ts";
import { type PromotedWinner, promoteWinner } from "#lib/abtests/promote-winner.ts";
import { requestPromotion } from "#lib/abtests/request-promotion.ts";
import { rollBackPromotion } from "#lib/abtests/roll-back-promotion.ts";
import {
  amendInput,
  changeTrafficInput,
  createAbTestInput,
  decidePromotionInput,
  promoteInput,
} from "#lib/abtests/schema.ts";
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

export const checkNewAbTest = action(createAbTestInput, (ctx, input) =>
  checkDraft(ctx, input, { isNew: true }),
);

export const checkAbTestDraft = action(createAbTestInput, (ctx, input) =>
  checkDraft(ctx, input, { isNew: false }),
);

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

const promotion = promoteInput.extend({ key });
const decision = decidePromotionInput.extend({ key });

export const promoteAbTestWinner = action(promotion, async (ctx, input) =>
  toMoved(await promoteWinner(ctx, input)),
);

export const askForPromotion = action(promotion, async (ctx, input) => ({
  id: (await requestPromotion(ctx, input)).id,
}));

export const approveAbPromotion = action(decision, async (ctx, input) =>
  toMoved(await approvePromotion(ctx, input)),
);

export const declineAbPromotion = action(decision, async (ctx, input) => ({
  id: (await declinePromotion(ctx, input)).id,
}));

export const withdrawAbPromotion = action(z.object({ key, promotionId: z.uuid() }), async (ctx, input) => ({
  id: (await withdrawPromotion(ctx, input)).id,
}));

export const rollBackAbPromotion = action(z.object({ key, reason }), async (ctx, input) => {
  const { restored, left } = await rollBackPromotion(ctx, input);
  return { restored, left };
});

export const changeAbTraffic = action(changeTrafficInput.extend({ key }), async (ctx, { key, ...input }) => ({
  phases: (await changeTraffic(ctx, key, input)).phases.length,
}));

export const amendAbTestDesign = action(amendInput.extend({ key }), async (ctx, { key, ...input }) => ({
  key: (await amendAbTest(ctx, key, input)).key,
}));

function toMoved({ promptName, label, toVersion, deployments }: PromotedWinner) {
  return { promptName, label, toVersion, deployments };
}

export const planUnits = action(planInput, planAbTest);

export const diffPromptVersions = action(
  z.object({ before: z.uuid(), after: z.uuid() }),
  async (ctx, { before, after }) =>
    diffContent((await findVersionById(ctx, before)).content, (await findVersionById(ctx, after)).content),
);
