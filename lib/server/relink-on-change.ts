import { systemContext } from "#lib/core/context.ts";
import { type ChangeWatch, watchChanges } from "#lib/db/watch-changes.ts";
import { databaseUrl } from "#lib/env.ts";
import { relinkSoon } from "#lib/traces/relink-soon.ts";

/** Changes that come together are answered once; by then nobody remembers that the name was unknown. */
const settleMs = 2_000;

/**
 * Has a project's spans linked anew when a prompt, a version or a label of it changes, so that what they name is found
 * as soon as it exists. A change that is not heard is made up for by the maintenance every five minutes.
 */
export function startRelinking(): ChangeWatch {
  const due = new Map<string, NodeJS.Timeout>();
  const watch = watchChanges(databaseUrl(), "stemma_prompts", {
    onChange(projectId) {
      if (due.has(projectId)) return;
      const relink = () => {
        due.delete(projectId);
        relinkSoon(systemContext(projectId, "Relinking")).catch(() => {});
      };
      due.set(projectId, setTimeout(relink, settleMs).unref());
    },
    onGap() {},
  });
  return {
    ...watch,
    async stop() {
      for (const timer of due.values()) clearTimeout(timer);
      await watch.stop();
    },
  };
}
