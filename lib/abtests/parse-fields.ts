import type { z } from "zod";
import { AppError } from "#lib/core/errors.ts";

/** Zod's answer as an `invalid_input` that names each field. */
export function parseFields<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({
    path: issue.path.map(String).join("."),
    message: issue.message,
  }));
  throw new AppError("invalid_input", `${issues[0]!.path}: ${issues[0]!.message}`, { issues });
}
