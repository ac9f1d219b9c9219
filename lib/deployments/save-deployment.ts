import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { describeDeployment, findOptionalDeploymentRow } from "./queries.ts";
import { type Deployment, type SaveDeploymentInput, saveDeploymentInput } from "./schema.ts";

/**
 * Makes the deployment of this name, or replaces what it serves; calls that come after it are served anew. Needs
 * `models:write`. Throws `invalid_input` naming the field whose test, prompt, label or model version is not there.
 */
export async function saveDeployment(ctx: Context, input: SaveDeploymentInput): Promise<Deployment> {
  requireScope(ctx, "models:write");
  const { abTestKey, promptName, promptLabel, ...fields } = saveDeploymentInput.parse(input);
  return changeCatalogue(ctx.projectId, async (tx) => {
    const before = await findOptionalDeploymentRow(tx, ctx.projectId, fields.name);
    const prompt = await findPromptFor(tx, ctx.projectId, {
      promptName,
      promptLabel,
      pinnedId: fields.promptVersionId,
    });
    const data = {
      ...fields,
      abTestId: abTestKey ? await findTestId(tx, ctx.projectId, abTestKey) : null,
      promptId: prompt?.id ?? null,
      promptLabel: prompt && !fields.promptVersionId ? (promptLabel ?? "production") : null,
      modelVersionId: await checkModelVersion(tx, ctx.projectId, fields.modelVersionId, "modelVersionId"),
      updatedAt: now(),
    };
    for (const id of fields.fallbackModelVersionIds) {
      await checkModelVersion(tx, ctx.projectId, id, "fallbackModelVersionIds");
    }
    const beforeShown = before ? await describeDeployment(tx, before) : null;
    const row = await tx.deployment.upsert({
      where: { projectId_name: { projectId: ctx.projectId, name: fields.name } },
      create: { id: newId(), projectId: ctx.projectId, createdAt: now(), ...data },
      update: data,
    });
    const after = await describeDeployment(tx, row);
    await recordAudit(tx, ctx, {
      action: before ? "deployment.changed" : "deployment.created",
      subjectType: "deployment",
      subjectId: row.id,
      subjectName: row.name,
      before: beforeShown ?? undefined,
      after,
    });
    return after;
  });
}

async function findTestId(tx: Transaction, projectId: string, key: string): Promise<string> {
  const test = await tx.abTest.findUnique({
    where: { projectId_key: { projectId, key } },
    select: { id: true },
  });
  if (!test) throw missing("abTestKey", `There is no A/B test "${key}".`);
  return test.id;
}

async function findPromptFor(
  tx: Transaction,
  projectId: string,
  asked: { promptName: string | null; promptLabel: string | null; pinnedId: string | null },
): Promise<{ id: string } | null> {
  if (asked.pinnedId) {
    const version = await tx.promptVersion.findFirst({
      where: { id: asked.pinnedId, projectId },
      include: { prompt: true },
    });
    if (!version || (asked.promptName && version.prompt.name !== asked.promptName)) {
      throw missing("promptVersionId", "There is no such version of this prompt.");
    }
    return { id: version.promptId };
  }
  if (!asked.promptName) return null;
  const prompt = await tx.prompt.findUnique({
    where: { projectId_name: { projectId, name: asked.promptName } },
    include: { labels: true },
  });
  if (!prompt) throw missing("promptName", `There is no prompt "${asked.promptName}".`);
  const label = asked.promptLabel ?? "production";
  if (!prompt.labels.some((each) => each.name === label)) {
    throw missing("promptLabel", `The prompt "${prompt.name}" has no label "${label}".`);
  }
  return prompt;
}

async function checkModelVersion(
  tx: Transaction,
  projectId: string,
  id: string | null,
  field: string,
): Promise<string | null> {
  if (!id) return null;
  const version = await tx.modelVersion.findFirst({ where: { id, projectId } });
  if (!version) throw missing(field, "There is no such model version.");
  return id;
}

function missing(path: string, message: string): AppError {
  return new AppError("invalid_input", message, { issues: [{ path, message }] });
}
