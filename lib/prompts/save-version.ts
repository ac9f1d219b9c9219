import type { z } from "zod";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { checkContent } from "./check-content.ts";
import { digestOf } from "./digest.ts";
import { patient } from "./patient.ts";
import { pinIncludes } from "./pin-includes.ts";
import { placeLabel } from "./place-label.ts";
import {
  findOptionalPromptRow,
  findOptionalVersionRow,
  insertPromptIfAbsent,
  lockPrompt,
  type PromptRow,
} from "./queries.ts";
import { type PromptContent, type PromptVersion, type SaveVersionInput, saveVersionInput } from "./schema.ts";
import { forgetPrompt } from "./serve-cached.ts";
import { writeVersion } from "./write-version.ts";

/**
 * Saves a content as the prompt's next version, making the prompt if its name is new. Content that the prompt
 * already has in any version makes no new number: that version comes back with `isNew: false` (to bring old
 * content to the front on purpose, use `revertVersion`). What it includes is pinned (`pinIncludes`). Labels move in
 * the same transaction; all or nothing.
 *
 * Errors: `invalid_input` (template, include, schema, another type), `conflict` (`expectedLatest`), `forbidden` (scope,
 * protected label), `too_large`.
 */
export async function saveVersion(
  ctx: Context,
  input: SaveVersionInput,
): Promise<{ version: PromptVersion; isNew: boolean }> {
  requireScope(ctx, "prompts:write");
  const parsed = parse(input);
  const { labels, tags } = parsed;
  const content = await pinned(ctx, parsed);
  checkContent(content);
  const digest = digestOf(content);

  const saved = await changeCatalogue(
    ctx.projectId,
    async (tx) => {
      const prompt = await openPrompt(tx, ctx, parsed);
      await lockPrompt(tx, prompt.id);
      await requireLatest(tx, prompt, parsed.expectedLatest);
      const existing = await findOptionalVersionRow(tx, { promptId: prompt.id, digest });
      const { message, parentNumber } = parsed;
      const version =
        existing ?? (await writeVersion(tx, ctx, { prompt, content, digest, message, parentNumber }));
      if (tags) await tx.prompt.update({ where: { id: prompt.id }, data: { tags: [...new Set(tags)] } });
      for (const label of new Set(labels)) {
        const reason = message || `Saved with version ${version.number}`;
        await placeLabel(tx, ctx, { prompt, label, toVersion: version, reason });
      }
      const labeled = labels.length > 0 ? await findOptionalVersionRow(tx, { id: version.id }) : version;
      return { version: labeled!, isNew: !existing };
    },
    patient,
  );
  forgetPrompt(ctx.projectId, saved.version.promptId);
  return saved;
}

type Parsed = z.output<typeof saveVersionInput>;

async function pinned(ctx: Context, { name, content }: Parsed): Promise<PromptContent> {
  const prompt = await findOptionalPromptRow(prisma(), ctx, name);
  const self = { id: prompt?.id ?? null, name: prompt?.name ?? name };
  const { includes, problems } = await pinIncludes(ctx, content, self);
  if (problems.length > 0) {
    const issues = problems.map(({ path, message }) => ({ path: `content.${path}`, message }));
    throw new AppError("invalid_input", issues[0]!.message, { issues });
  }
  return { ...content, includes };
}

// Every caller is checked, also those inside the product that build a content by hand.
function parse(input: SaveVersionInput): Parsed {
  const parsed = saveVersionInput.safeParse(input);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((each) => ({ path: each.path.join("."), message: each.message }));
    throw new AppError("invalid_input", `${issues[0]!.path}: ${issues[0]!.message}`, { issues });
  }
  if (parsed.data.type && parsed.data.type !== parsed.data.content.type) {
    const message = `The content is of type ${parsed.data.content.type}, not ${parsed.data.type}.`;
    throw new AppError("invalid_input", message, { issues: [{ path: "type", message }] });
  }
  return parsed.data;
}

async function openPrompt(
  tx: Transaction,
  ctx: Context,
  { name, content, tags }: Parsed,
): Promise<PromptRow> {
  let prompt = await findOptionalPromptRow(tx, ctx, name);
  if (!prompt) {
    await insertPromptIfAbsent(tx, ctx, { name, type: content.type, tags: tags ?? [] });
    prompt = await findOptionalPromptRow(tx, ctx, name);
  }
  if (!prompt) throw new Error(`The prompt ${name} was neither found nor made.`);
  if (prompt.type === content.type) return prompt;
  const message = `The prompt “${prompt.name}” is of type ${prompt.type}; a version cannot be of type ${content.type}.`;
  throw new AppError("invalid_input", message, { issues: [{ path: "content.type", message }] });
}

async function requireLatest(
  tx: Transaction,
  prompt: PromptRow,
  expected: number | undefined,
): Promise<void> {
  if (expected === undefined) return;
  const newest = await tx.promptVersion.findFirst({
    where: { promptId: prompt.id },
    orderBy: { number: "desc" },
  });
  if ((newest?.number ?? 0) === expected) return;
  const message =
    expected === 0
      ? `There is already a prompt “${prompt.name}”.`
      : `${newest?.authorName ?? "Someone"} saved version ${newest?.number ?? 0} meanwhile.`;
  throw new AppError("conflict", message);
}
