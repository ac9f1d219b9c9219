import { headers } from "next/headers";
import type { z } from "zod";
import type { Context } from "#lib/core/context.ts";
import { AppError, type FieldIssue } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { findMembership } from "#lib/projects/find-session-context.ts";
import { answerOf } from "./respond.ts";

export type ActionResult<Data> =
  | { ok: true; data: Data }
  | { ok: false; error: { code: string; message: string; issues: FieldIssue[] } };

/**
 * Makes a server action of a verb: the session becomes a Context, zod checks the input, and an error comes back
 * as a value that a form can show. Call it as `await saveX(projectSlug, input)`.
 */
export function action<Schema extends z.ZodType, Data>(
  schema: Schema,
  verb: (ctx: Context, input: z.output<Schema>) => Promise<Data>,
): (projectSlug: string, input: z.input<Schema>) => Promise<ActionResult<Data>> {
  return async (projectSlug, input) => {
    try {
      const membership = await findMembership(await headers(), projectSlug);
      if (!membership) throw new AppError("unauthenticated", "Your session has ended. Sign in again.");
      return { ok: true, data: await verb(membership.ctx, parseInput(schema, input)) };
    } catch (error) {
      return failure(error);
    }
  };
}

/** The same for what needs no project: set-up, invitations. */
export function openAction<Schema extends z.ZodType, Data>(
  schema: Schema,
  verb: (input: z.output<Schema>) => Promise<Data>,
): (input: z.input<Schema>) => Promise<ActionResult<Data>> {
  return async (input) => {
    try {
      return { ok: true, data: await verb(parseInput(schema, input)) };
    } catch (error) {
      return failure(error);
    }
  };
}

function parseInput<Schema extends z.ZodType>(schema: Schema, input: z.input<Schema>): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({
    path: issue.path.map(String).join("."),
    message: issue.message,
  }));
  throw new AppError("invalid_input", issues[0]!.message, { issues });
}

function failure(error: unknown): ActionResult<never> {
  // Next signals redirect() and notFound() by throwing: those must pass.
  if (error instanceof Error && "digest" in error) throw error;
  const { code, message, issues } = answerOf(error, newId());
  return { ok: false, error: { code, message, issues } };
}
