import type { z } from "zod";
import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { isUniqueViolation, prisma } from "#lib/db/prisma.ts";
import type { createDatasetInput, Dataset } from "./schema.ts";

/** Makes an empty dataset; its first import makes version 1. Needs `evaluations:write`. `conflict` if the name is taken. */
export async function createDataset(
  ctx: Context,
  input: z.input<typeof createDatasetInput>,
): Promise<Dataset> {
  requireScope(ctx, "evaluations:write");
  const row = {
    id: newId(),
    projectId: ctx.projectId,
    name: input.name,
    description: input.description ?? "",
    createdAt: now(),
  };
  try {
    await prisma().dataset.create({ data: row });
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    throw new AppError("conflict", `There is a dataset named "${input.name}" already.`, {
      cause,
      issues: [{ path: "name", message: "This name is taken." }],
    });
  }
  const { projectId: _, ...dataset } = row;
  return { ...dataset, createdAt: row.createdAt.toISOString(), latest: null };
}
