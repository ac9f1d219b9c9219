import { beforeEach, expect, test } from "vitest";
import { setClock } from "#lib/core/clock.ts";
import { type Context, scopesOfRole } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { saveDeployment } from "#lib/deployments/save-deployment.ts";
import { createApiKey } from "#lib/projects/create-api-key.ts";
import { moveLabel } from "#lib/registry/move-label.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { createWebhook } from "#lib/webhooks/create-webhook.ts";
import { listDeliveries } from "#lib/webhooks/queries.ts";
import { webhookEvents } from "#lib/webhooks/schema.ts";
import { draftInput } from "./abtest.fixture.ts";
import { actOnVerdict } from "./act-on-verdicts.ts";
import { approvePromotion } from "./approve-promotion.ts";
import { createAbTest } from "./create-ab-test.ts";
import { declinePromotion, withdrawPromotion } from "./decline-promotion.ts";
import { promoteWinner } from "./promote-winner.ts";
import { listAbPromotions } from "./promotion.ts";
import { findAbTest, listDecisions } from "./queries.ts";
import { requestPromotion } from "./request-promotion.ts";
import { rollBackPromotion } from "./roll-back-promotion.ts";
import type { CreateAbTestInput, PromoteInput } from "./schema.ts";
import { startAbTest } from "./start-ab-test.ts";
import { stopAbTest } from "./stop-ab-test.ts";
import { rebuildTest } from "./store/fold-pending.ts";
import { sendUnits } from "./traffic.fixture.ts";

useDatabase();

const key = "greeting-tone";
const order = {
  key,
  variantKey: "B",
  label: "production",
  reason: "It helps more.",
} satisfies PromoteInput & {
  key: string;
};
let ctx: Context;

beforeEach(async () => {
  ({ ctx } = await makeProject());
});

async function startTest(changes: Partial<CreateAbTestInput> = {}): Promise<void> {
  const input = await draftInput(ctx, {
    metrics: {
      success: [{ metric: "score:helpful", mde: { kind: "absolute", value: 0.1 } }],
      guardrails: [{ metric: "error_rate", margin: { kind: "absolute", value: 0.1 } }],
    },
    ...changes,
  });
  await createAbTest(ctx, input);
  await startAbTest(ctx, key, { acceptsWarnings: true });
}

/** Another member of the same project. */
async function makeColleague(role: "editor" | "viewer" = "editor"): Promise<Context> {
  const id = `grace-${Math.random().toString(36).slice(2)}`;
  await prisma().user.create({ data: { id, name: "Grace", email: `${id}@example.com` } });
  await prisma().member.create({ data: { projectId: ctx.projectId, userId: id, role } });
  return { ...ctx, actor: { type: "user", id, name: "Grace" }, scopes: scopesOfRole[role] };
}

const better = { units: 500, helpful: { A: 0.3, B: 0.8 } };
const worse = { units: 500, helpful: { A: 0.8, B: 0.3 } };
const kinds = async () => {
  const { id } = await findAbTest(ctx, key);
  return (await listDecisions(ctx, id)).map((entry) => entry.kind);
};
const stageOf = async () => {
  const { variants } = await findAbTest(ctx, key);
  const { modelVersionId } = variants[1]!;
  return (await prisma().modelVersion.findUniqueOrThrow({ where: { id: modelVersionId } })).stage;
};

test("label, model stage and deployments move together, and one roll-back puts all of them back", async () => {
  await startTest();
  await moveLabel(ctx, { promptName: "greeting", label: "production", toVersion: 1, reason: "First" });
  const before = await saveDeployment(ctx, { name: "greeter", abTestKey: key });
  await sendUnits(ctx, key, better);

  const promoted = await promoteWinner(ctx, order);
  expect(promoted).toMatchObject({
    fromVersion: 1,
    toVersion: 2,
    stage: { from: "None", to: "Production" },
    deployments: ["greeter"],
    isAgainstVerdict: false,
  });
  expect(await stageOf()).toBe("Production");

  const { restored, left, abTest } = await rollBackPromotion(ctx, { key, reason: "Complaints" });
  expect(left).toEqual([]);
  expect(restored).toEqual([
    "production of greeting is back at version 1",
    "small v1 is back in stage None",
    "greeter serves what it served before",
  ]);
  expect(abTest).toMatchObject({ status: "stopped", policy: { winnerVariantKey: null } });
  expect(await stageOf()).toBe("None");
  const row = await prisma().deployment.findUniqueOrThrow({ where: { id: before.id } });
  expect(row).toMatchObject({ abTestId: abTest.id, promptId: null, modelVersionId: null });
  await expect(rollBackPromotion(ctx, { key })).rejects.toMatchObject({ code: "conflict" });
  expect((await kinds()).slice(-2)).toEqual(["promoted", "rolled_back"]);
});

test("a roll-back leaves what somebody has moved since, and says so", async () => {
  await startTest();
  await sendUnits(ctx, key, better);
  await promoteWinner(ctx, order);
  await moveLabel(ctx, { promptName: "greeting", label: "production", toVersion: 1, reason: "By hand" });
  const { restored, left } = await rollBackPromotion(ctx, { key });
  expect(left).toEqual(["production of greeting points at version 1 by now and was left"]);
  expect(restored).toEqual(["small v1 is back in stage None"]);
});

test("against the verdict nobody promotes alone, whatever reason they give", async () => {
  await startTest();
  await sendUnits(ctx, key, { units: 300, helpful: { A: 0.5, B: 0.5 } });
  const alone = { ...order, againstVerdictReason: "The deadline is today." };
  await expect(promoteWinner(ctx, order)).rejects.toMatchObject({
    code: "conflict",
    issues: [{ path: "againstVerdictReason" }],
  });
  await expect(promoteWinner(ctx, alone)).rejects.toMatchObject({
    code: "conflict",
    issues: [{ path: "approval" }],
  });
  await expect(requestPromotion(ctx, order)).rejects.toMatchObject({
    issues: [{ path: "againstVerdictReason" }],
  });

  const asked = await requestPromotion(ctx, alone);
  expect(asked).toMatchObject({ status: "requested", againstVerdictReason: "The deadline is today." });
  await expect(requestPromotion(ctx, alone)).rejects.toMatchObject({ code: "conflict" });
  await expect(approvePromotion(ctx, { key, promotionId: asked.id })).rejects.toMatchObject({
    code: "forbidden",
  });

  const promoted = await approvePromotion(await makeColleague(), {
    key,
    promotionId: asked.id,
    note: "Agreed.",
  });
  expect(promoted).toMatchObject({ isAgainstVerdict: true, abTest: { status: "concluded" } });
  const [promotion] = await listAbPromotions(ctx, promoted.abTest.id);
  expect(promotion).toMatchObject({ status: "promoted", decidedBy: "Grace", decisionNote: "Agreed." });
  const log = await listDecisions(ctx, promoted.abTest.id);
  expect(log.at(-1)).toMatchObject({
    kind: "promoted",
    note: "It helps more. (against the verdict: The deadline is today.) — Agreed.",
    evidence: { isAgainstVerdict: true, approvedBy: "Grace", verdict: { state: "keep_running" } },
  });
});

test("a key is no second person: not for its maker's request, and its own request not by its maker", async () => {
  await startTest({ policy: { promotion: { mode: "approval" } } });
  await sendUnits(ctx, key, better);
  const { id } = await createApiKey(ctx, { name: "ci", scopes: ["admin"] });
  const byKey: Context = { ...ctx, actor: { type: "api_key", id, name: "ci" } };
  const asked = await requestPromotion(byKey, order);
  await expect(approvePromotion(byKey, { key, promotionId: asked.id })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(approvePromotion(ctx, { key, promotionId: asked.id })).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringContaining("yourself"),
  });
  const viewer = await makeColleague("viewer");
  await expect(approvePromotion(viewer, { key, promotionId: asked.id })).rejects.toMatchObject({
    code: "forbidden",
  });
  await approvePromotion(await makeColleague(), { key, promotionId: asked.id });
});

test("where the policy asks for approval, the recommended variant needs it too", async () => {
  await startTest({ policy: { promotion: { mode: "approval" } } });
  await sendUnits(ctx, key, better);
  await expect(promoteWinner(ctx, order)).rejects.toMatchObject({ issues: [{ path: "approval" }] });
  const { id: promotionId } = await requestPromotion(ctx, order);
  const grace = await makeColleague();
  await expect(declinePromotion(grace, { key, promotionId })).rejects.toMatchObject({
    issues: [{ path: "note" }],
  });
  await declinePromotion(grace, { key, promotionId, note: "Not before Monday." });
  await expect(approvePromotion(grace, { key, promotionId })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("declined"),
  });
  const again = await requestPromotion(ctx, order);
  await expect(withdrawPromotion(grace, { key, promotionId: again.id })).rejects.toMatchObject({
    code: "forbidden",
  });
  await withdrawPromotion(ctx, { key, promotionId: again.id });
  expect((await kinds()).slice(-4)).toEqual([
    "promotion_requested",
    "promotion_declined",
    "promotion_requested",
    "promotion_withdrawn",
  ]);
});

test("two members who approve at once promote once", async () => {
  await startTest();
  await sendUnits(ctx, key, better);
  const { id: promotionId } = await requestPromotion(ctx, order);
  const [grace, linus] = [await makeColleague(), await makeColleague()];
  const outcomes = await Promise.allSettled([
    approvePromotion(grace, { key, promotionId }),
    approvePromotion(linus, { key, promotionId }),
  ]);
  expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect((await kinds()).filter((kind) => kind === "promoted")).toHaveLength(1);
});

test("an automatic promotion waits its hours, and happens unless somebody declines", async () => {
  await startTest({ policy: { promotion: { mode: "automatic", afterHours: 5 } } });
  await sendUnits(ctx, key, better);
  await actOnVerdict(ctx.projectId, key);
  await actOnVerdict(ctx.projectId, key);
  const { id } = await findAbTest(ctx, key);
  expect(await listAbPromotions(ctx, id)).toMatchObject([{ status: "scheduled", variantKey: "B" }]);
  const restore = setClock(() => Date.now() + 5.1 * 3_600_000);
  try {
    await actOnVerdict(ctx.projectId, key);
  } finally {
    restore();
  }
  expect(await findAbTest(ctx, key)).toMatchObject({
    status: "concluded",
    policy: { winnerVariantKey: "B" },
  });
  expect((await kinds()).slice(-2)).toEqual(["promotion_scheduled", "promoted"]);
});

test("a veto keeps an automatic promotion away for good", async () => {
  await startTest({ policy: { promotion: { mode: "automatic", afterHours: 0 } } });
  await sendUnits(ctx, key, better);
  await actOnVerdict(ctx.projectId, key);
  const { id } = await findAbTest(ctx, key);
  const [scheduled] = await listAbPromotions(ctx, id);
  await declinePromotion(ctx, { key, promotionId: scheduled!.id, note: "Legal looks at it first." });
  await actOnVerdict(ctx.projectId, key);
  expect(await listAbPromotions(ctx, id)).toMatchObject([{ status: "declined" }]);
  expect((await findAbTest(ctx, key)).status).toBe("running");
});

test.each([
  { onHarm: "tell", status: "running" },
  { onHarm: "pause", status: "paused" },
  { onHarm: "stop", status: "stopped" },
] as const)("on harm a test whose policy is $onHarm is $status", async ({ onHarm, status }) => {
  await startTest({ policy: { onHarm } });
  await sendUnits(ctx, key, worse);
  await actOnVerdict(ctx.projectId, key);
  expect((await findAbTest(ctx, key)).status).toBe(status);
  const { id } = await findAbTest(ctx, key);
  const log = await listDecisions(ctx, id);
  if (status === "running") expect(log.at(-1)).toMatchObject({ kind: "verdict_changed" });
  else
    expect(log.at(-1)).toMatchObject({
      kind: status,
      actorName: "Stemma",
      evidence: { verdict: { state: "harm" } },
    });
});

test("who starts a test again that was paused for harm is not overruled", async () => {
  await startTest({ policy: { onHarm: "pause" } });
  await sendUnits(ctx, key, worse);
  await actOnVerdict(ctx.projectId, key);
  await startAbTest(ctx, key);
  await actOnVerdict(ctx.projectId, key);
  expect((await findAbTest(ctx, key)).status).toBe("running");
});

test("webhooks are told of a wrong split, of harm, of ship-ready and of the end, each once", async () => {
  await createWebhook(ctx, { url: "https://example.com/in", events: [...webhookEvents] });
  await startTest();
  await sendUnits(ctx, key, worse);
  await actOnVerdict(ctx.projectId, key);
  await actOnVerdict(ctx.projectId, key);
  const told = async () => (await listDeliveries(ctx)).data.map(({ event }) => event).reverse();
  expect(await told()).toEqual(["ab_test.harm"]);
  const [delivery] = (await listDeliveries(ctx)).data;
  expect(JSON.parse(delivery!.body)).toMatchObject({
    type: "ab_test.harm",
    data: {
      abTest: { key, name: "Greeting tone", url: expect.stringContaining(`/ab-tests/${key}`) },
      verdict: { state: "harm", sentence: expect.stringContaining("B is worse than A") },
    },
  });
  // Half of A's units vanish: no honest split loses them.
  await prisma().$executeRaw`
    delete from spans where project_id = ${ctx.projectId}::uuid and variant_key = 'A' and unit_id ~ '[0-5]$'`;
  await prisma().$executeRaw`
    delete from ab_unit where project_id = ${ctx.projectId}::uuid and variant_key = 'A' and unit_id ~ '[0-5]$'`;
  await rebuildTest((await findAbTest(ctx, key)).id);
  await actOnVerdict(ctx.projectId, key);
  await stopAbTest(ctx, key);
  expect(await told()).toEqual(["ab_test.harm", "ab_test.srm", "ab_test.concluded"]);
});
