import { diffLines, diffWordsWithSpace } from "diff";
import type { TextChange } from "#lib/prompts/diff.ts";

export type WordDiff = { changes: TextChange[]; isSame: boolean };

const patienceMs = 300;

/** Two answers word by word; very long ones that differ a lot line by line, so that the page never hangs. Pure. */
export function diffWords(before: string, after: string): WordDiff {
  if (before === after) return { changes: [{ kind: "same", text: after }], isSame: true };
  const changes =
    diffWordsWithSpace(before, after, { timeout: patienceMs }) ??
    diffLines(before, after, { timeout: patienceMs });
  if (!changes) {
    const whole: TextChange[] = [
      { kind: "removed", text: before },
      { kind: "added", text: after },
    ];
    return { changes: whole, isSame: false };
  }
  return {
    changes: changes.map(({ added, removed, value }) => ({
      kind: added ? "added" : removed ? "removed" : "same",
      text: value,
    })),
    isSame: false,
  };
}
