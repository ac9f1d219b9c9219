import { z } from "zod";
import { type Context, requireScope, systemContext } from "#lib/core/context.ts";
import { enqueue } from "#lib/db/queue.ts";
import { relinkSpans } from "./store/relink-spans.ts";

export const relinkTask = "traces:relink";
const payloadSchema = z.object({ projectId: z.uuid() });

/** Has the names that spans carry resolved again, in the background, once for all who ask meanwhile. Needs `traces:write`. */
export async function relinkSoon(ctx: Context): Promise<void> {
  requireScope(ctx, "traces:write");
  await enqueue(
    relinkTask,
    { projectId: ctx.projectId },
    { key: `${relinkTask}:${ctx.projectId}`, maxAttempts: 5 },
  );
}

/** The queue's task. */
export async function runRelink(payload: unknown): Promise<void> {
  await relinkSpans(systemContext(payloadSchema.parse(payload).projectId, "Relinking"));
}
