import type { TemplateProblem } from "#lib/prompts/problem.ts";

const none: readonly TemplateProblem[] = [];

/** The problems of one text; the same empty list for every text without any, so that its editor is left alone. */
export function problemsAt(problems: readonly TemplateProblem[], path: string): readonly TemplateProblem[] {
  const found = problems.filter((problem) => problem.path === path);
  return found.length === 0 ? none : found;
}
