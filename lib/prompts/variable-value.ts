import type { Json } from "#lib/core/json.ts";
import type { VariableType } from "./words.ts";

/**
 * A value as its declared type; undefined if it cannot be one. Forms, OpenAI metadata and CSV columns carry
 * texts only, so a text that spells a number, a boolean, a list or an object is read as that.
 */
export function readValue(type: VariableType, value: Json): Json | undefined {
  if (isOfType(type, value)) return value;
  if (type === "string") return typeof value === "object" ? undefined : String(value);
  if (typeof value !== "string") return undefined;
  try {
    const parsed = JSON.parse(value) as Json;
    return isOfType(type, parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function isOfType(type: VariableType, value: Json): boolean {
  if (type === "list") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}

/** A value as text: a text as it is, anything else as JSON; no value is "". `readValue` reads it back. */
export function spellValue(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
