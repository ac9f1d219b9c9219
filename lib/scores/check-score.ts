import type { ScoreDefinition, ScoreInput } from "./schema.ts";

/** A score's value in its columns: numbers and booleans (0 or 1) can be averaged, labels counted. */
export type ScoreValue = {
  dataType: "numeric" | "boolean" | "categorical";
  numericValue: number | null;
  labelValue: string | null;
};

/**
 * The value as stored, or why the project's definition of that name refuses it. A boolean's definition takes 0 and
 * 1 too. Pure.
 */
export function checkScore(
  value: ScoreInput["value"],
  definition: Pick<ScoreDefinition, "name" | "type" | "minimum" | "maximum" | "categories"> | null,
): { value: ScoreValue } | { message: string } {
  const type =
    definition?.type ??
    (typeof value === "number" ? "numeric" : typeof value === "boolean" ? "boolean" : "categorical");
  const name = definition?.name ?? "";
  if (type === "numeric") {
    if (typeof value !== "number") return { message: `“${name}” takes a number.` };
    const { minimum, maximum } = definition ?? {};
    if (typeof minimum === "number" && value < minimum)
      return { message: `“${name}” is at least ${minimum}.` };
    if (typeof maximum === "number" && value > maximum)
      return { message: `“${name}” is at most ${maximum}.` };
    return { value: { dataType: "numeric", numericValue: value, labelValue: null } };
  }
  if (type === "boolean") {
    if (typeof value !== "boolean" && value !== 0 && value !== 1)
      return { message: `“${name}” takes true or false.` };
    return { value: { dataType: "boolean", numericValue: Number(value), labelValue: null } };
  }
  if (typeof value !== "string") return { message: `“${name}” takes one of its categories.` };
  if (definition && !definition.categories.includes(value)) {
    return {
      message: `“${name}” takes one of ${definition.categories.map((each) => `“${each}”`).join(", ")}.`,
    };
  }
  return { value: { dataType: "categorical", numericValue: null, labelValue: value } };
}
