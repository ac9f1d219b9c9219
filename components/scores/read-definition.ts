/** A bound as a person types it: null where there is none, undefined where it is no number. */
export function readLimit(text: string): number | null | undefined {
  const trimmed = text.trim().replace(",", ".");
  if (trimmed === "") return null;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : undefined;
}

/** One category a line, each once, without the blanks around it. */
export function readCategories(text: string): string[] {
  const names = text.split("\n").map((line) => line.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}
