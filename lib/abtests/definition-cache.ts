import { singleton } from "#lib/core/singleton.ts";
import { type AbDefinition, definitionOf } from "./definition.ts";
import { loadAbTest } from "./queries.ts";

/** How long another process may go on with the definition it knows: the delay of the kill switch there. */
const maxAgeMs = 2000;

type Entry = { definition: Promise<AbDefinition>; expiresAtMs: number };
const cache = singleton("ab-definitions", () => new Map<string, Entry>());

/** The definition of a test, read at most every two seconds per process. Throws `not_found`. */
export function cachedDefinition(projectId: string, key: string): Promise<AbDefinition> {
  const id = `${projectId}/${key}`;
  const known = cache.get(id);
  if (known && known.expiresAtMs > Date.now()) return known.definition;
  const definition = loadAbTest(projectId, key).then(definitionOf);
  cache.set(id, { definition, expiresAtMs: Date.now() + maxAgeMs });
  // A failure is not remembered: the next caller asks again.
  definition.catch(() => cache.delete(id));
  return definition;
}

/** Called after every change of a test, so that this process serves it at once. */
export function forgetDefinition(projectId: string, key: string): void {
  cache.delete(`${projectId}/${key}`);
}
