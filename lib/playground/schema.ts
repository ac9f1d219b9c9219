import { z } from "zod";
import { type SamplingParameters, samplingParameters } from "#lib/models/parameters.ts";
import {
  type ChatMessage,
  chatMessage,
  placeholderValues,
  promptContent,
  variableValues,
} from "#lib/prompts/schema.ts";
import { callLimit, columnLimit, rowLimit, sampleLimit } from "./words.ts";

const key = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[\w-]+$/, "An id has letters, digits, _ and -.");

/** Parameters of a column over the model's and the prompt's own; null sends the parameter to nobody. */
export type ParameterOverrides = { [Name in keyof SamplingParameters]?: SamplingParameters[Name] | null };

const overrides = nullable(samplingParameters.shape).default({});

/** The same fields, each of which may also be null. The cast says only that. */
function nullable(shape: typeof samplingParameters.shape): z.ZodType<ParameterOverrides> {
  const fields = Object.entries(shape).map(([name, field]) => [name, field.nullable()]);
  return z.strictObject(Object.fromEntries(fields)) as unknown as z.ZodType<ParameterOverrides>;
}

export const playgroundColumn = z.strictObject({
  id: key,
  /** The saved version that the content was started from; the content itself may have been edited since. */
  origin: z.strictObject({ promptName: z.string(), number: z.int() }).nullable().default(null),
  content: promptContent,
  modelVersionId: z.uuid().nullable().default(null),
  overrides,
});
export type PlaygroundColumn = z.infer<typeof playgroundColumn>;

/** Who answers when the model calls a tool: the person, one saved answer, or a model that plays the tool. */
export const toolAnswer = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("hand") }),
  z.strictObject({ by: z.literal("fixture"), answer: z.string().max(200_000) }),
  z.strictObject({ by: z.literal("model") }),
]);
export type ToolAnswer = z.infer<typeof toolAnswer>;

export const seedChoice = z.strictObject({
  /** `own`: as the prompt says. `fixed`: this one for all samples. `varied`: this one and those that follow. */
  mode: z.enum(["own", "fixed", "varied"]).default("own"),
  value: z.int().min(0).max(2_000_000_000).default(1),
});
export type SeedChoice = z.infer<typeof seedChoice>;

const shared = {
  samples: z.int().min(1).max(sampleLimit).default(1),
  seed: seedChoice.default({ mode: "own", value: 1 }),
  /** By the tool's name; a tool that is not named is answered by hand. */
  toolAnswers: z.record(z.string(), toolAnswer).default({}),
  /** The model version that plays tools; the column's own unless one is chosen. */
  simulatorId: z.uuid().nullable().default(null),
};

export const datasetSlice = z.strictObject({
  datasetVersionId: z.uuid(),
  /** Items left out before the first. */
  start: z.int().min(0).max(9_999).default(0),
  count: z.int().min(1).max(rowLimit).default(10),
});
export type DatasetSlice = z.infer<typeof datasetSlice>;

/** Everything that is set in the playground. */
export const playgroundSetup = z
  .strictObject({
    columns: z.array(playgroundColumn).min(1).max(columnLimit, `At most ${columnLimit} columns.`),
    variables: variableValues.default({}),
    placeholders: placeholderValues.default({}),
    /** Sent after the prompt's own messages, as they are. */
    messages: z.array(chatMessage).max(1000).default([]),
    /** Its items are the rows; null: one row, of `variables`. */
    dataset: datasetSlice.nullable().default(null),
    ...shared,
  })
  .refine((setup) => new Set(setup.columns.map((each) => each.id)).size === setup.columns.length, {
    path: ["columns"],
    message: "Two columns have the same id.",
  });
export type PlaygroundSetup = z.infer<typeof playgroundSetup>;
export type PlaygroundSetupInput = z.input<typeof playgroundSetup>;

export const playgroundRow = z.strictObject({
  id: key,
  variables: variableValues.default({}),
  placeholders: placeholderValues.default({}),
  messages: z.array(chatMessage).max(1000).default([]),
  /** The dataset's item that the row is, for the trace. */
  item: z
    .strictObject({ datasetVersionId: z.uuid(), key: z.string().max(500) })
    .nullable()
    .default(null),
});
export type PlaygroundRow = z.infer<typeof playgroundRow>;

const traceId = z.string().regex(/^[0-9a-f]{32}$/, "A trace id is 32 hexadecimal characters.");

export const cellChoice = z.strictObject({
  columnId: key,
  rowId: key,
  sample: z
    .int()
    .min(0)
    .max(sampleLimit - 1)
    .default(0),
  /** What was said since the prompt: a conversation that goes on after a tool was answered by hand. */
  since: z.array(chatMessage).max(200).default([]),
  /** The trace that it goes on in. */
  traceId: traceId.optional(),
});
export type CellChoice = z.infer<typeof cellChoice>;

/** One run: every column asked about every row, `samples` times, or only the cells named. */
export const playgroundRunInput = z.strictObject({
  /** Made by the caller, so that it can stop what it has only just started. */
  runId: z.uuid(),
  columns: z
    .array(
      playgroundColumn.extend({
        modelVersionId: z.uuid("Choose a model version for every column."),
        /** Told back with the answer: by it the page knows whether the column was edited since. */
        mark: z.string().max(64).default(""),
      }),
    )
    .min(1)
    .max(columnLimit),
  rows: z.array(playgroundRow).min(1).max(rowLimit),
  ...shared,
  cells: z.array(cellChoice).min(1).max(callLimit).optional(),
});
export type PlaygroundRunInput = z.input<typeof playgroundRunInput>;
export type PlaygroundRun = z.output<typeof playgroundRunInput>;
export type RunColumn = PlaygroundRun["columns"][number];

export type { ChatMessage };
