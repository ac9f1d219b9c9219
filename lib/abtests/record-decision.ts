import { now } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import type { Transaction } from "#lib/db/prisma.ts";

export type DecisionKind =
  | "created"
  | "edited"
  | "started"
  | "resumed"
  | "paused"
  | "stopped"
  | "scales_frozen"
  | "verdict_changed"
  | "promoted";

/** Appends to the test's decision log, in the transaction of what it tells of. */
export async function recordDecision(
  tx: Transaction,
  ctx: Context,
  entry: { abTestId: string; kind: DecisionKind; note?: string; evidence?: unknown },
): Promise<void> {
  await tx.abDecision.create({
    data: {
      id: newId(),
      projectId: ctx.projectId,
      abTestId: entry.abTestId,
      at: now(),
      kind: entry.kind,
      actorType: ctx.actor.type,
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      note: entry.note ?? "",
      evidence: entry.evidence === undefined ? Prisma.DbNull : (entry.evidence as Prisma.InputJsonValue),
    },
  });
}
