import { ThumbsDown, ThumbsUp } from "lucide-react";
import { formatNumber } from "#components/ui/format.ts";
import type { Score } from "#lib/scores/schema.ts";
import { thumbsName } from "./thumb-id.ts";

/** A score's value: a thumb where that is what was given, a number, yes or no, a category. */
export function ScoreValue({ score }: { score: Pick<Score, "name" | "value"> }) {
  const { name, value } = score;
  if (typeof value === "string") return <>{value}</>;
  if (typeof value === "number") return <span className="tabular-nums">{formatNumber(value)}</span>;
  if (name !== thumbsName) return <>{value ? "yes" : "no"}</>;
  return value ? (
    <span className="inline-flex items-center gap-1 text-better">
      <ThumbsUp className="size-3.5" aria-hidden="true" /> good
    </span>
  ) : (
    <span className="inline-flex items-center gap-1 text-worse">
      <ThumbsDown className="size-3.5" aria-hidden="true" /> bad
    </span>
  );
}
