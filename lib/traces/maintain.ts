import { systemContext } from "#lib/core/context.ts";
import { relinkTask, runRelink } from "./relink-soon.ts";
import { deletionTask, runDeletion } from "./start-deletion.ts";
import { listProjectsWithUnlinked } from "./store/list-unlinked-projects.ts";
import { addPartitionsAhead } from "./store/partitions.ts";
import { relinkSpans } from "./store/relink-spans.ts";
import { applyRetention } from "./store/retention.ts";
import { joinLeftEvents } from "./store/span-events.ts";

/**
 * The spans' housekeeping, to be run at start and every few minutes: partitions for the days ahead, links that can
 * now be resolved, log records left unjoined by a crash, and retention. Running twice at once does no harm.
 */
export async function maintainTraces(): Promise<void> {
  await addPartitionsAhead();
  for (const projectId of await listProjectsWithUnlinked()) {
    await relinkSpans(systemContext(projectId, "Relinking"));
  }
  await joinLeftEvents();
  await applyRetention();
}

export const traceTasks = {
  "traces:maintain": maintainTraces,
  [deletionTask]: runDeletion,
  [relinkTask]: runRelink,
};

/** For the worker's crontab. */
export const traceCrontab = "*/5 * * * * traces:maintain";
