"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { listDatasets, listItems } from "#lib/datasets/queries.ts";
import { gatherEvidence, toStoredEvidence } from "#lib/evaluations/gather-evidence.ts";
import { toVariables } from "#lib/evaluations/run-item.ts";
import { action } from "#lib/http/action.ts";
import { blameVersion } from "#lib/prompts/blame-version.ts";
import { countTextTokens, countTokensInput } from "#lib/prompts/count-tokens.ts";
import { diffContent } from "#lib/prompts/diff.ts";
import { deleteDraft, saveDraft } from "#lib/prompts/drafts.ts";
import { duplicatePrompt } from "#lib/prompts/duplicate-prompt.ts";
import { findVersion } from "#lib/prompts/find-version.ts";
import { listIncludable } from "#lib/prompts/list-includable.ts";
import { listVersions } from "#lib/prompts/list-versions.ts";
import { resolveIncludes, resolveIncludesInput } from "#lib/prompts/resolve-includes.ts";
import { revertVersion } from "#lib/prompts/revert-version.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { promptContent, promptName, saveVersionInput } from "#lib/prompts/schema.ts";
import { updatePrompt, updatePromptInput } from "#lib/prompts/update-prompt.ts";
import {
  deleteVariableSet,
  deleteVariableSetInput,
  listVariableSets,
  saveVariableSet,
  saveVariableSetInput,
} from "#lib/prompts/variable-sets.ts";
import { moveLabel, removeLabel } from "#lib/registry/move-label.ts";
import { rollbackLabel } from "#lib/registry/rollback-label.ts";
import { moveLabelInput, removeLabelInput } from "#lib/registry/schema.ts";
import { listUsedVariables } from "#lib/traces/list-used-variables.ts";

const number = z.int().min(1);

export const savePromptVersion = action(saveVersionInput, async (ctx, input) => {
  const { version, isNew } = await saveVersion(ctx, input);
  await deleteDraft(ctx, version.promptId);
  refresh();
  return { name: version.name, number: version.number, isNew };
});

export const saveMyDraft = action(
  z.object({ promptId: z.uuid(), content: promptContent, baseNumber: z.int().nullable() }),
  saveDraft,
);

export const discardMyDraft = action(z.object({ promptId: z.uuid() }), async (ctx, { promptId }) => {
  await deleteDraft(ctx, promptId);
});

export const resolvePromptIncludes = action(resolveIncludesInput, resolveIncludes);

export const listIncludablePrompts = action(z.object({}), async (ctx) => await listIncludable(ctx));

export const countPromptTokens = action(countTokensInput, countTextTokens);

export const revertPrompt = action(z.object({ name: promptName, toNumber: number }), async (ctx, input) => {
  const { version, isNew } = await revertVersion(ctx, input);
  refresh();
  return { number: version.number, isNew };
});

export const findPromptVersion = action(
  z.object({ name: promptName, number }),
  async (ctx, { name, number: version }) => await findVersion(ctx, { name, version }),
);

export const blamePromptVersion = action(z.object({ name: promptName, number }), blameVersion);

export const comparePromptVersions = action(
  z.object({ name: promptName, from: number, to: number }),
  async (ctx, { name, from, to }) => {
    const [before, after] = await Promise.all([
      findVersion(ctx, { name, version: from }),
      findVersion(ctx, { name, version: to }),
    ]);
    return diffContent(before.content, after.content);
  },
);

export const listPromptVariableSets = action(
  z.object({ promptName }),
  async (ctx, { promptName: name }) => await listVariableSets(ctx, name),
);

export const savePromptVariableSet = action(saveVariableSetInput, saveVariableSet);

export const deletePromptVariableSet = action(deleteVariableSetInput, deleteVariableSet);

export const listPromptFillSources = action(z.object({ promptName }), async (ctx, input) => {
  const [datasets, traces] = await Promise.all([listDatasets(ctx), listUsedVariables(ctx, input)]);
  return {
    datasets: datasets.data.flatMap(({ name, latest }) =>
      latest ? [{ versionId: latest.id, label: `${name} v${latest.number}` }] : [],
    ),
    traces: traces.map(({ traceId, startTimeUs, values }) => ({
      key: traceId,
      at: new Date(startTimeUs / 1000).toISOString(),
      values,
    })),
  };
});

export const listPromptFillItems = action(z.object({ datasetVersionId: z.uuid() }), async (ctx, input) => {
  const { data } = await listItems(ctx, input);
  return data.map(({ key, input: given }) => ({ key, at: null, values: toVariables(given) }));
});

export const gatherPromptEvidence = action(
  z.object({ promptName, from: number.nullable(), to: number }),
  gatherEvidence,
);

export const listOlderVersions = action(
  z.object({ name: promptName, cursor: z.string().optional(), search: z.string().max(200).optional() }),
  async (ctx, input) => await listVersions(ctx, { ...input, limit: 200 }),
);

export const updatePromptDetails = action(
  updatePromptInput.extend({ currentName: promptName }),
  async (ctx, { currentName, ...changes }) => {
    const { name } = await updatePrompt(ctx, currentName, changes);
    refresh();
    return { name };
  },
);

export const copyPrompt = action(
  z.object({ name: promptName, number, newName: promptName }),
  async (ctx, input) => {
    const { name } = await duplicatePrompt(ctx, input);
    return { name };
  },
);

/** The evidence is gathered here, not sent: what is kept with the move is what was so when it was made. */
export const movePromptLabel = action(moveLabelInput.omit({ evidence: true }), async (ctx, input) => {
  const { promptName: name, toVersion: to, expectedFrom } = input;
  const evidence = await gatherEvidence(ctx, { promptName: name, from: expectedFrom ?? null, to });
  const moved = await moveLabel(ctx, { ...input, evidence: toStoredEvidence(evidence) });
  refresh();
  return moved;
});

export const removePromptLabel = action(removeLabelInput, async (ctx, input) => {
  const moved = await removeLabel(ctx, input);
  refresh();
  return moved;
});

export const rollBackPromptLabel = action(
  z.object({ promptName, label: z.string(), reason: z.string().max(2000).optional() }),
  async (ctx, input) => {
    const moved = await rollbackLabel(ctx, input);
    refresh();
    return moved;
  },
);
