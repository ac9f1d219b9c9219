import type { Json, JsonObject } from "#lib/core/json.ts";

const depthLimit = 100;

/**
 * The value of JSON text found in an attribute; undefined where it is not JSON, or is nested so deep that it
 * could exhaust the stack of whoever walks it.
 */
export function parseJson(text: string): Json | undefined {
  const first = text.trimStart()[0];
  if (first === undefined || isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The value itself, or what its text holds where it is JSON text of a list or an object. */
export function asStructure(value: Json | undefined): Json | undefined {
  if (typeof value !== "string") return value;
  const first = value.trimStart()[0];
  if (first !== "{" && first !== "[") return value;
  return parseJson(value) ?? value;
}

/** The value as an object, from JSON text too; null where it is none. */
export function asObject(value: Json | undefined): JsonObject | null {
  const structure = asStructure(value);
  return structure !== null && typeof structure === "object" && !Array.isArray(structure) ? structure : null;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) {
      if (++depth > depthLimit) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}
