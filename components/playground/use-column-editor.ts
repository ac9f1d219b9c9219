"use client";

import { useCallback, useDeferredValue, useEffect, useMemo, useRef } from "react";
import type { PlaygroundColumn } from "#lib/playground/schema.ts";
import { allVariables } from "#lib/prompts/includes.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { checkTemplate, inferVariables } from "#lib/prompts/template.ts";
import { useIncludes } from "../prompts/use-includes.ts";
import { usePromptContent } from "../prompts/use-prompt-content.ts";
import { useStable } from "../prompts/use-stable.ts";
import type { PlaygroundActions } from "./playground-actions.ts";

/** What every column's content has, whatever its type. */
export type SharedFields = Omit<Extract<PromptContent, { type: "text" }>, "type" | "text">;

/** The work on one column's content: what is being written, what is wrong with it, and the pins of its includes. */
export function useColumnEditor(input: {
  column: PlaygroundColumn;
  isReadOnly: boolean;
  onContent: (content: PromptContent) => void;
  onResolve: PlaygroundActions["resolveIncludes"];
}) {
  const { column, isReadOnly, onContent, onResolve } = input;
  const editing = usePromptContent(column.content);
  const { content, change } = editing;
  const deferred = useDeferredValue(content);
  const includes = useIncludes({
    promptName: column.origin?.promptName ?? "playground",
    content: deferred,
    isEnabled: !isReadOnly,
    change,
    onResolve,
  });
  const { judge } = includes;
  const problems = useMemo(
    () =>
      checkTemplate(deferred)
        .map(judge)
        // Here variables are declared when a version is saved, and until then the page asks for every one it finds.
        .filter((problem) => problem !== null && problem.code !== "undefined_variable")
        .filter((problem) => problem !== null),
    [deferred, judge],
  );
  const undeclared = useStable(useMemo(() => inferVariables(deferred), [deferred]));
  const known = useMemo(() => [...allVariables(deferred), ...undeclared], [deferred, undeclared]);

  // The page keeps the set-up; what comes from outside makes another editor (by key), so this only ever goes out.
  const latest = useRef({ onContent, sent: column.content });
  latest.current.onContent = onContent;
  useEffect(() => {
    if (latest.current.sent === content) return;
    latest.current.sent = content;
    latest.current.onContent(content);
  }, [content]);

  const setPart = useCallback(
    (part: Partial<SharedFields>) => change((before) => ({ ...before, ...part })),
    [change],
  );
  const declare = useCallback(
    (name: string) =>
      change((before) => {
        const found = inferVariables(before).find((each) => each.name === name);
        return found ? { ...before, variables: [...before.variables, found] } : before;
      }),
    [change],
  );
  const errorCount = problems.filter((problem) => problem.severity === "error").length;
  return { content, editing, problems, undeclared, known, setPart, declare, errorCount };
}
