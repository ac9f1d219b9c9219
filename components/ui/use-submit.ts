"use client";

import { useState } from "react";
import type { FieldIssue } from "#lib/core/errors.ts";
import type { ActionResult } from "#lib/http/action.ts";

type Problem = { message: string; issues: FieldIssue[] };

export type Submission<Input> = {
  /** Sends; answers whether it was done. */
  submit: (input: Input) => Promise<boolean>;
  isPending: boolean;
  /** What is wrong with the whole; null when every fault belongs to one of the fields asked for. */
  error: string | null;
  /** What is wrong with one field: `issueOf("email")`. */
  issueOf: (path: string) => string | null;
  clear: () => void;
};

/** The state of a form that calls a server action: pending, the faults by field, and the rest in one sentence. */
export function useSubmit<Input, Data>(
  send: (input: Input) => Promise<ActionResult<Data>>,
  onDone?: (data: Data) => void | Promise<void>,
): Submission<Input> {
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function submit(input: Input): Promise<boolean> {
    setPending(true);
    setProblem(null);
    try {
      const result = await send(input);
      if (result.ok) await onDone?.(result.data);
      else setProblem(result.error);
      return result.ok;
    } catch {
      setProblem({
        message: "The server could not be reached. Check the connection and try again.",
        issues: [],
      });
      return false;
    } finally {
      setPending(false);
    }
  }

  return {
    submit,
    isPending,
    error: problem && problem.issues.length === 0 ? problem.message : null,
    issueOf: (path) => problem?.issues.find((issue) => issue.path === path)?.message ?? null,
    clear: () => setProblem(null),
  };
}
