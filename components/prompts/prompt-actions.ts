import type { JsonObject } from "#lib/core/json.ts";
import type { Evidence } from "#lib/evaluations/gather-evidence.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { Encoding } from "#lib/llm/tokens.ts";
import type { BlamedVersion } from "#lib/prompts/blame-version.ts";
import type { ContentDiff } from "#lib/prompts/diff.ts";
import type { IncludablePrompt } from "#lib/prompts/list-includable.ts";
import type { ResolvedIncludes } from "#lib/prompts/resolve-includes.ts";
import type {
  PromptContent,
  PromptVersion,
  PromptVersionSummary,
  SaveVersionInput,
} from "#lib/prompts/schema.ts";
import type { UpdatePromptInput } from "#lib/prompts/update-prompt.ts";
import type { VariableSet } from "#lib/prompts/variable-sets.ts";
import type { LabelMoved } from "#lib/registry/move-label.ts";
import type { MoveLabelInput, RemoveLabelInput } from "#lib/registry/schema.ts";

type Answer<Data> = Promise<ActionResult<Data>>;

/** Values a prompt could be filled with, and what they are called. */
export type FillItem = { key: string; at: string | null; values: JsonObject };
export type FillSources = { datasets: { versionId: string; label: string }[]; traces: FillItem[] };

/** What the prompt page can do; each is a server action bound to its project. */
export type PromptActions = {
  save: (input: SaveVersionInput) => Answer<{ name: string; number: number; isNew: boolean }>;
  saveDraft: (input: {
    promptId: string;
    content: PromptContent;
    baseNumber: number | null;
  }) => Answer<{ latestNumber: number }>;
  find: (input: { name: string; number: number }) => Answer<PromptVersion>;
  discardDraft: (input: { promptId: string }) => Answer<unknown>;
  /** What references would be pinned to now. */
  resolveIncludes: (input: { promptName: string; references: string[] }) => Answer<ResolvedIncludes>;
  listIncludable: (input: Record<string, never>) => Answer<IncludablePrompt[]>;
  countTokens: (input: { texts: string[]; encoding: Encoding }) => Answer<number[]>;
  revert: (input: { name: string; toNumber: number }) => Answer<{ number: number; isNew: boolean }>;
  blame: (input: { name: string; number: number }) => Answer<BlamedVersion>;
  compare: (input: { name: string; from: number; to: number }) => Answer<ContentDiff>;
  listVariableSets: (input: { promptName: string }) => Answer<VariableSet[]>;
  /** These two answer the sets as they are then. */
  saveVariableSet: (input: { promptName: string; name: string; values: JsonObject }) => Answer<VariableSet[]>;
  deleteVariableSet: (input: { promptName: string; name: string }) => Answer<VariableSet[]>;
  listFillSources: (input: { promptName: string }) => Answer<FillSources>;
  listFillItems: (input: { datasetVersionId: string }) => Answer<FillItem[]>;
  gatherEvidence: (input: { promptName: string; from: number | null; to: number }) => Answer<Evidence>;
  listOlder: (input: { name: string; cursor?: string; search?: string }) => Answer<{
    data: PromptVersionSummary[];
    nextCursor: string | null;
  }>;
  update: (input: UpdatePromptInput & { currentName: string }) => Answer<{ name: string }>;
  copy: (input: { name: string; number: number; newName: string }) => Answer<{ name: string }>;
  moveLabel: (input: MoveLabelInput) => Answer<LabelMoved>;
  removeLabel: (input: RemoveLabelInput) => Answer<LabelMoved>;
  rollBackLabel: (input: { promptName: string; label: string; reason?: string }) => Answer<LabelMoved>;
};
