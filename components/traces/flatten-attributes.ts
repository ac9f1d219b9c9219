import type { Json, JsonObject } from "#lib/core/json.ts";

export type AttributeLine = { key: string; value: Json };

/**
 * Attributes as lines, sorted by key as sent: a nested object is opened into `a.b` keys, an array and a value stay
 * whole, so that nothing is lost.
 */
export function flattenAttributes(attributes: JsonObject): AttributeLine[] {
  const lines: AttributeLine[] = [];
  const waiting: AttributeLine[] = Object.entries(attributes).map(([key, value]) => ({ key, value }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { key, value } = next;
    const members =
      value !== null && typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : [];
    if (members.length === 0) lines.push({ key, value });
    for (const [name, member] of members) waiting.push({ key: `${key}.${name}`, value: member });
  }
  return lines.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The lines in which every word occurs in the key or the value, letter case aside. */
export function matchingLines(lines: readonly AttributeLine[], text: string): AttributeLine[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter(({ key, value }) => {
    const haystack = `${key} ${valueText(value)}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

export function valueText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
