import type { Context } from "#lib/core/context.ts";
import { AppError, isAppError } from "#lib/core/errors.ts";
import { newSpanId } from "#lib/core/ids.ts";
import type { Json } from "#lib/core/json.ts";
import { findDatasetVersion } from "#lib/datasets/queries.ts";
import { listModelVersions } from "#lib/models/queries.ts";
import type { ModelVersion } from "#lib/models/schema.ts";
import { findOptionalDraft } from "#lib/prompts/drafts.ts";
import { findPrompt } from "#lib/prompts/find-prompt.ts";
import { findVersion } from "#lib/prompts/find-version.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { findTraceOutline } from "#lib/traces/store/find-trace.ts";
import { type OpenedSetup, restoreSpan } from "./restore-span.ts";
import { type PlaygroundColumn, type PlaygroundSetup, playgroundSetup } from "./schema.ts";
import { columnLimit } from "./words.ts";

/** What a link into the playground may name; of `span`, `draft` and `prompt` the first that is there counts. */
export type SetupLink = {
  /** `<trace id>:<span id>`, or a trace's id alone for its first model call. */
  span?: string;
  /** A prompt's name: the person's own draft of it if there is one (of the version, where one is given). */
  draft?: string;
  prompt?: string;
  /** A version's number; the newest unless given. */
  version?: string;
  /** A model version's id. */
  model?: string;
  /** A dataset version's id. */
  dataset?: string;
};

/**
 * The set-up that a link asks for; null where it names nothing. A dataset or a model alone changes what the person has
 * there now (`current`). Throws `not_found` or `invalid_input`.
 */
export async function openSetup(
  ctx: Context,
  link: SetupLink,
  current: PlaygroundSetup | null = null,
): Promise<OpenedSetup | null> {
  if (link.span !== undefined) {
    const [, traceId, spanId] = /^([0-9a-f]{32})(?::([0-9a-f]{16}))?$/.exec(link.span) ?? [];
    if (!traceId) {
      throw new AppError(
        "invalid_input",
        "This link's span is not <trace id>:<span id>. Open the span again from its trace.",
      );
    }
    const opened = await restoreSpan(ctx, traceId, spanId ?? (await firstCallOf(ctx, traceId)));
    const columns = opened.setup.columns.map((column) => ({ ...column, id: newSpanId() }));
    return { setup: { ...opened.setup, columns }, notes: opened.notes };
  }
  const started = await startColumn(ctx, link);
  if (!started && !link.dataset && !link.model) return null;
  const dataset = link.dataset ? await sliceOf(ctx, link.dataset) : null;
  if (!started && current) {
    const columns = link.model ? withModel(current.columns, link.model) : current.columns;
    return { setup: { ...current, columns, dataset: dataset ?? current.dataset }, notes: [] };
  }
  const column = started ?? emptyColumn();
  const modelVersionId = link.model ?? column.content.modelVersionId ?? (await defaultModelId(ctx));
  const setup = playgroundSetup.parse({
    columns: [{ ...column, modelVersionId }],
    variables: examplesOf(column.content),
    dataset,
  });
  return { setup, notes: [] };
}

async function firstCallOf(ctx: Context, traceId: string): Promise<string> {
  const { spans } = await findTraceOutline(ctx, traceId);
  return (spans.find((span) => span.isModelCall) ?? spans[0]!).spanId;
}

/** A column more that asks the same of the model; where there is no room, the last one does. */
function withModel(columns: readonly PlaygroundColumn[], modelVersionId: string): PlaygroundColumn[] {
  const added = { ...columns.at(-1)!, id: newSpanId(), modelVersionId };
  return columns.length < columnLimit ? [...columns, added] : [...columns.slice(0, -1), added];
}

/** What the playground shows to who has never been in it. */
export async function emptySetup(ctx: Context): Promise<PlaygroundSetup> {
  const modelVersionId = await defaultModelId(ctx);
  return playgroundSetup.parse({ columns: [{ ...emptyColumn(), modelVersionId }] });
}

async function startColumn(ctx: Context, link: SetupLink): Promise<PlaygroundColumn | null> {
  const version = link.version === undefined ? undefined : Number(link.version);
  if (version !== undefined && !Number.isSafeInteger(version))
    throw new AppError("invalid_input", `“${link.version}” is no version's number.`);
  if (link.draft !== undefined) {
    const prompt = await findPrompt(ctx, link.draft);
    const draft = await findOptionalDraft(ctx, prompt.id);
    if (draft && (version === undefined || version === draft.baseNumber))
      return columnOf(prompt.name, draft.baseNumber ?? prompt.latestNumber, draft.content);
  }
  const name = link.draft ?? link.prompt;
  if (name === undefined) return null;
  const found = await findVersion(ctx, {
    name,
    ...(version === undefined ? { label: "latest" } : { version }),
  });
  return columnOf(found.name, found.number, found.content);
}

function columnOf(promptName: string, number: number, content: PromptContent): PlaygroundColumn {
  return { ...emptyColumn(), origin: { promptName, number }, content };
}

function emptyColumn(): PlaygroundColumn {
  const content: PromptContent = {
    type: "chat",
    messages: [
      { role: "system", content: "" },
      { role: "user", content: "" },
    ],
    variables: [],
    parameters: {},
    responseFormat: { type: "text" },
    tools: [],
    toolChoice: "auto",
    modelVersionId: null,
    includes: [],
  };
  // Never the id of an earlier column: its answers are not this one's.
  return { id: newSpanId(), origin: null, content, modelVersionId: null, overrides: {} };
}

function examplesOf(content: PromptContent): Record<string, Json> {
  const found = content.variables.flatMap(({ name, example }) =>
    example === undefined ? [] : [[name, example]],
  );
  return Object.fromEntries(found);
}

async function sliceOf(ctx: Context, datasetVersionId: string): Promise<PlaygroundSetup["dataset"]> {
  const { itemCount } = await findDatasetVersion(ctx, datasetVersionId);
  return { datasetVersionId, start: 0, count: Math.max(1, Math.min(10, itemCount)) };
}

/** One in Production, else in Staging, else the first that was registered, a real one first; null if there is none. */
async function defaultModelId(ctx: Context): Promise<string | null> {
  const versions = (await listModelVersions(ctx)).filter((each) => each.stage !== "Archived");
  const rank = (version: ModelVersion) =>
    version.stage === "Production"
      ? 0
      : version.stage === "Staging"
        ? 1
        : version.connection.isSimulated
          ? 3
          : 2;
  const [first] = versions.toSorted(
    (a, b) => rank(a) - rank(b) || Date.parse(a.createdAt) - Date.parse(b.createdAt),
  );
  return first?.id ?? null;
}

/** Whether an error says that what a link names cannot be opened, and the page should say so and go on. */
export function isBadLink(error: unknown): error is AppError {
  return isAppError(error) && (error.code === "not_found" || error.code === "invalid_input");
}
