import type { ImportedVersion } from "#lib/datasets/schema.ts";
import type { EvaluatorConfig } from "#lib/evaluations/evaluators/config.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { RunEstimate } from "#lib/playground/estimate-run.ts";
import type { KeptItem } from "#lib/playground/keep-items.ts";
import type { DatasetRows } from "#lib/playground/read-rows.ts";
import type {
  DatasetSlice,
  PlaygroundColumn,
  PlaygroundRow,
  PlaygroundSetup,
  SeedChoice,
} from "#lib/playground/schema.ts";
import type { IncludablePrompt } from "#lib/prompts/list-includable.ts";
import type { ResolvedIncludes } from "#lib/prompts/resolve-includes.ts";
import type { PromptContent, SaveVersionInput } from "#lib/prompts/schema.ts";

type Answer<Data> = Promise<ActionResult<Data>>;

export type LoadedVersion = { name: string; number: number; content: PromptContent };

/** What the playground can do; each is a server action bound to its project. Runs go over a stream of their own. */
export type PlaygroundActions = {
  keepSetup: (setup: PlaygroundSetup) => Answer<unknown>;
  readRows: (slice: DatasetSlice) => Answer<DatasetRows>;
  loadVersion: (input: { name: string; version: string }) => Answer<LoadedVersion>;
  listPrompts: (input: Record<string, never>) => Answer<IncludablePrompt[]>;
  resolveIncludes: (input: { promptName: string; references: string[] }) => Answer<ResolvedIncludes>;
  estimate: (input: {
    columns: PlaygroundColumn[];
    rows: PlaygroundRow[];
    samples: number;
  }) => Answer<RunEstimate>;
  keepAnswers: (input: {
    dataset: string;
    items: KeptItem[];
  }) => Answer<Pick<ImportedVersion, "datasetId" | "datasetName" | "number" | "isNew">>;
  saveColumn: (input: SaveVersionInput) => Answer<LoadedVersion & { isNew: boolean }>;
  startEvaluation: (input: {
    name: string;
    datasetVersionId: string;
    columns: PlaygroundColumn[];
    samples: number;
    seed: SeedChoice;
    evaluators: EvaluatorConfig[];
  }) => Answer<{ id: string }>;
  score: (input: {
    traceId: string;
    spanId: string;
    name: string;
    value: number | boolean | string;
    comment?: string;
  }) => Answer<unknown>;
};
