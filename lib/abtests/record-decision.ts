import { now } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { publicOrigin } from "#lib/env.ts";
import { publishEvent } from "#lib/webhooks/publish-event.ts";
import type { WebhookEvent } from "#lib/webhooks/schema.ts";

export type DecisionKind =
  | "created"
  | "edited"
  | "started"
  | "resumed"
  | "paused"
  | "stopped"
  | "ramped"
  | "reweighted"
  | "amended"
  | "scales_frozen"
  | "verdict_changed"
  | "promotion_requested"
  | "promotion_scheduled"
  | "promotion_declined"
  | "promotion_withdrawn"
  | "promotion_canceled"
  | "promoted"
  | "rolled_back";

/**
 * Appends to the test's decision log, in the transaction of what it tells of; webhooks that asked for such news are
 * told in the same transaction.
 */
export async function recordDecision(
  tx: Transaction,
  ctx: Context,
  entry: { abTestId: string; kind: DecisionKind; note?: string; evidence?: unknown },
): Promise<void> {
  const at = now();
  await tx.abDecision.create({
    data: {
      id: newId(at.getTime()),
      projectId: ctx.projectId,
      abTestId: entry.abTestId,
      at,
      kind: entry.kind,
      actorType: ctx.actor.type,
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      note: entry.note ?? "",
      evidence: entry.evidence === undefined ? Prisma.DbNull : (entry.evidence as Prisma.InputJsonValue),
    },
  });
  const type = eventOf(entry);
  if (!type) return;
  const test = await tx.abTest.findUniqueOrThrow({
    where: { id: entry.abTestId },
    select: { key: true, name: true },
  });
  const { slug } = await tx.project.findUniqueOrThrow({
    where: { id: ctx.projectId },
    select: { slug: true },
  });
  const data: JsonObject = {
    abTest: { key: test.key, name: test.name, url: `${publicOrigin()}/${slug}/ab-tests/${test.key}` },
    decision: { kind: entry.kind, at: at.toISOString(), by: ctx.actor.name, note: entry.note ?? "" },
    ...(entry.kind === "verdict_changed" && { verdict: entry.evidence as JsonObject }),
  };
  await publishEvent(tx, { projectId: ctx.projectId, type, data });
}

function eventOf({ kind, evidence }: { kind: DecisionKind; evidence?: unknown }): WebhookEvent | null {
  if (kind !== "verdict_changed") return events[kind] ?? null;
  const { state } = evidence as { state: string };
  return verdictEvents[state] ?? null;
}

const events: Partial<Record<DecisionKind, WebhookEvent>> = {
  promotion_requested: "ab_test.approval_requested",
  promotion_scheduled: "ab_test.approval_requested",
  promoted: "ab_test.concluded",
  stopped: "ab_test.concluded",
  rolled_back: "ab_test.concluded",
};

const verdictEvents: Record<string, WebhookEvent> = {
  invalid: "ab_test.srm",
  harm: "ab_test.harm",
  ship_ready: "ab_test.ship_ready",
};
