import type { ModelVersion } from "#lib/models/schema.ts";
import type { DatasetRows } from "#lib/playground/read-rows.ts";
import type { RestoredCell } from "#lib/playground/restore-cells.ts";
import type { PlaygroundSetup } from "#lib/playground/schema.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import type { DatasetChoice } from "../evaluations/start-choices.ts";
import type { CellPlace } from "./cell.tsx";
import type { CellRequest } from "./use-run.ts";

/** What the page reads before it is shown. */
export type PlaygroundData = {
  slug: string;
  setup: PlaygroundSetup;
  /** Whether `setup` is what the server keeps already. */
  isStored: boolean;
  /** What was here before a link opened `setup`. */
  previous: PlaygroundSetup | null;
  /** What the person should know about what was opened. */
  notes: string[];
  answers: Record<string, RestoredCell>;
  rows: DatasetRows | null;
  /** Contents of the saved versions that columns were started from, by `name@number`. */
  saved: Record<string, PromptContent>;
  models: ModelVersion[];
  datasets: DatasetChoice[];
  scoreNames: string[];
  canRun: boolean;
  canWritePrompts: boolean;
  canKeep: boolean;
};

/** The dialog in front. */
export type OpenDialog =
  | { dialog: "load" | "save" | "compare"; index: number }
  | { dialog: "keep"; place: CellPlace | null }
  | { dialog: "score"; place: CellPlace }
  | { dialog: "evaluate" }
  | { dialog: "confirm"; calls: number; costUsd: number | null; cells: CellRequest[] | undefined };
