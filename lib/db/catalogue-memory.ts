import { singleton } from "#lib/core/singleton.ts";
import { databaseUrl } from "#lib/env.ts";
import { prisma, type Transaction } from "./prisma.ts";
import { type ChangeWatch, watchChanges } from "./watch-changes.ts";

/*
 * What the gateway serves by is read once and remembered until something it hangs on changes: deployments, models and
 * their versions, connections, labels (the triggers of the migration `catalogue_notify`). A change forgets all that
 * is remembered of its project: changes are rare, calls are not.
 */
const limitPerProject = 2_000;

type Memory = {
  projects: Map<string, Map<string, Promise<unknown>>>;
  url: string;
  watch: ChangeWatch | undefined;
};

const memory = singleton<Memory>("catalogue-memory", () => ({
  projects: new Map(),
  url: "",
  watch: undefined,
}));

/**
 * What `read` resolves with, remembered under this key. A change made by this process (`changeCatalogue`) is seen
 * at once, any other within milliseconds (NOTIFY); with the database's notices lost, memory is not
 * used: nothing is older than three seconds. A failure is not remembered. The value must not be changed.
 */
export function rememberOf<Value>(
  projectId: string,
  key: string,
  read: () => Promise<Value>,
): Promise<Value> {
  if (!isCurrent()) return read();
  let known = memory.projects.get(projectId);
  if (!known || known.size >= limitPerProject) {
    known = new Map();
    memory.projects.set(projectId, known);
  }
  const found = known.get(key) as Promise<Value> | undefined;
  if (found) return found;
  const reading = read();
  const holder = known;
  holder.set(key, reading);
  reading.catch(() => holder.delete(key));
  return reading;
}

/** A transaction that changes a deployment, a model, a connection or a label: what follows it is served anew. */
export async function changeCatalogue<Result>(
  projectId: string,
  change: (tx: Transaction) => Promise<Result>,
  options?: { timeout?: number; maxWait?: number },
): Promise<Result> {
  try {
    return await prisma().$transaction(change, options);
  } finally {
    forget(projectId);
  }
}

/** Closes the connections that listen for changes; the next `rememberOf` opens them again. */
export async function stopRemembering(): Promise<void> {
  const { watch } = memory;
  memory.watch = undefined;
  memory.projects.clear();
  await watch?.stop();
}

function forget(projectId: string): void {
  memory.projects.delete(projectId);
}

function isCurrent(): boolean {
  const url = databaseUrl();
  if (memory.url !== url || !memory.watch) {
    void memory.watch?.stop();
    memory.projects.clear();
    memory.url = url;
    memory.watch = watchChanges(url, "stemma_catalogue", {
      onChange: forget,
      onGap: () => memory.projects.clear(),
    });
  }
  return memory.watch.isCurrent();
}
