import type { TemplateProblem } from "./problem.ts";

/** A problem as programs read it: `variables.NAME` where it is about a value, else where in the content it is. */
export type CompileIssue = { path: string; message: string };

/** What makes a compiled prompt unfit to send, and what only deserves telling: the same in API and client. */
export function splitProblems(problems: readonly TemplateProblem[]): {
  errors: CompileIssue[];
  warnings: CompileIssue[];
} {
  const issuesOf = (severity: TemplateProblem["severity"]) =>
    problems
      .filter((problem) => problem.severity === severity)
      .map(({ name, path, message }) => ({ path: name ? `variables.${name}` : path, message }));
  return { errors: issuesOf("error"), warnings: issuesOf("warning") };
}
