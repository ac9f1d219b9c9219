import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { promptNotFound } from "./find-prompt.ts";
import { findOptionalPromptRow, findOptionalVersionRow } from "./queries.ts";
import type { PromptVersion } from "./schema.ts";

export type VersionSelector = {
  name: string;
  version?: number;
  /** A label, or `latest` for the newest version. */
  label?: string;
  /** 64 hex characters; several versions may have it after a revert, all with this content. */
  digest?: string;
};

export const defaultLabel = "production";

/**
 * A version by number, label or digest; by the label `production` when none is given. Never falls back to
 * another version: a prompt whose `production` was removed must not silently serve an unreviewed draft.
 */
export async function findVersion(ctx: Context, selector: VersionSelector): Promise<PromptVersion> {
  requireScope(ctx, "prompts:read");
  const chosen = [selector.version, selector.label, selector.digest].filter((each) => each !== undefined);
  if (chosen.length > 1) {
    throw new AppError(
      "invalid_input",
      "Choose a version by one of version, label or digest, not by several.",
    );
  }
  const prompt = await findOptionalPromptRow(prisma(), ctx, selector.name);
  if (!prompt) throw promptNotFound(selector.name);
  const found = await findOptionalVersionRow(prisma(), { promptId: prompt.id, ...conditionOf(selector) });
  if (!found) throw await versionNotFound(prompt, selector);
  return found;
}

/** A version by its id. */
export async function findVersionById(ctx: Context, id: string): Promise<PromptVersion> {
  requireScope(ctx, "prompts:read");
  const found = isId(id) ? await findOptionalVersionRow(prisma(), { id, projectId: ctx.projectId }) : null;
  if (!found) throw new AppError("not_found", "There is no such prompt version in this project.");
  return found;
}

function conditionOf({ version, label, digest }: VersionSelector) {
  if (version !== undefined) return { number: version };
  if (digest !== undefined) return { digest };
  if (label === "latest") return {};
  return { labels: { some: { name: label ?? defaultLabel } } };
}

async function versionNotFound(
  prompt: { id: string; name: string },
  selector: VersionSelector,
): Promise<AppError> {
  if (selector.version !== undefined) {
    return new AppError("not_found", `The prompt “${prompt.name}” has no version ${selector.version}.`);
  }
  if (selector.digest !== undefined) {
    return new AppError(
      "not_found",
      `The prompt “${prompt.name}” has no version with the digest ${selector.digest}.`,
    );
  }
  const labels = await prisma().promptLabel.findMany({
    where: { promptId: prompt.id },
    orderBy: { name: "asc" },
  });
  const known = ["latest", ...labels.map((each) => each.name)].join(", ");
  const label = selector.label ?? defaultLabel;
  return new AppError("not_found", `The prompt “${prompt.name}” has no label “${label}”. It has: ${known}.`);
}
