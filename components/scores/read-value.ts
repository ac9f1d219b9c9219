/** A score's value as a person types it: a number where it is one, yes and no as booleans, else a category. */
export function readValue(text: string): number | boolean | string {
  const trimmed = text.trim();
  if (/^-?(\d+\.?\d*|\.\d+)$/.test(trimmed)) return Number(trimmed);
  if (/^(yes|true)$/i.test(trimmed)) return true;
  if (/^(no|false)$/i.test(trimmed)) return false;
  return trimmed;
}
