import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { now } from "#lib/core/clock.ts";
import { prisma } from "#lib/db/prisma.ts";
import { deliver } from "./deliver.ts";
import { deliverTask, enqueueDelivery } from "./enqueue-delivery.ts";

const sweepTask = "webhooks:sweep";
const payloadSchema = z.object({ deliveryId: z.uuid() });

/** How long the delivery log goes back. */
const keptDays = 30;
/** An attempt that is late by this much has lost its job, in a crash for instance. */
const lostAfterMs = 5 * 60_000;

/** The tasks of the queue's worker. */
export const webhookTasks: TaskList = {
  [deliverTask]: async (payload) => deliver(payloadSchema.parse(payload).deliveryId),
  [sweepTask]: sweepDeliveries,
};

/** For the worker's `crontab`. */
export const webhookCrontab = `*/5 * * * * ${sweepTask}`;

/** Queues again the attempts whose job was lost, and forgets deliveries older than thirty days. */
export async function sweepDeliveries(): Promise<void> {
  const at = now();
  const lost = await prisma().webhookDelivery.findMany({
    where: { status: "pending", nextAttemptAt: { lt: new Date(at.getTime() - lostAfterMs) } },
    select: { id: true },
    take: 1000,
  });
  for (const { id } of lost) await prisma().$transaction((tx) => enqueueDelivery(tx, id, at));
  await prisma().webhookDelivery.deleteMany({
    where: { createdAt: { lt: new Date(at.getTime() - keptDays * 86_400_000) } },
  });
}
