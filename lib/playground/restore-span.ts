import type { Context } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { canonicalJson, type Json } from "#lib/core/json.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import { findVersionByModelName, listModelVersions } from "#lib/models/queries.ts";
import type { ModelVersion } from "#lib/models/schema.ts";
import { findVersionById } from "#lib/prompts/find-version.ts";
import type { PromptContent, PromptVersion } from "#lib/prompts/schema.ts";
import { findSpan } from "#lib/traces/store/find-trace.ts";
import type { SpanDetail } from "#lib/traces/store/span-rows.ts";
import {
  literalContent,
  readOutputSettings,
  readParameters,
  toChatMessages,
  toTools,
} from "./literal-content.ts";
import { overridesFor } from "./overrides-for.ts";
import { isSame, restoreMessages } from "./restore-messages.ts";
import type { PlaygroundColumn, PlaygroundSetup } from "./schema.ts";

/** A set-up, and what the person should know about it, in sentences. */
export type OpenedSetup = { setup: PlaygroundSetup; notes: string[] };

/** These doors store every parameter of a call; others tell what the emitter chose to tell. */
const wholeDialects = new Set(["gateway", "evaluation", "playground"]);

/**
 * The set-up that makes the span's call again: the linked prompt version's template with the variables, tools and
 * parameters that were sent, so that compiled it is what was sent. A span without a linked version, or one that does
 * not say its variables, gives its messages as literal text. Throws `not_found`.
 */
export async function restoreSpan(ctx: Context, traceId: string, spanId: string): Promise<OpenedSetup> {
  const span = await findSpan(ctx, traceId, spanId);
  const notes: string[] = [];
  const model = await findModel(ctx, span);
  if (!model) {
    const name = span.requestModel ?? span.responseModel;
    notes.push(
      name
        ? `The model “${name}” is not registered here: choose one.`
        : "The span names no model: choose one.",
    );
  }
  const version = await findLinked(ctx, span);
  const template = version && restoreTemplate(span, version, notes);
  const restored = template ?? restoreLiteral(span, version, notes);
  const { content } = restored;
  const parameters = parametersOf(span);
  const column: PlaygroundColumn = {
    id: "a",
    origin: template && version ? { promptName: version.name, number: version.number } : null,
    content,
    modelVersionId: model?.id ?? null,
    overrides: overridesFor(parameters, model?.parameters ?? {}, content.parameters, {
      isComplete: wholeDialects.has(span.dialect),
    }),
  };
  const setup: PlaygroundSetup = {
    columns: [column],
    variables: restored.variables,
    placeholders: restored.placeholders,
    messages: restored.messages,
    dataset: null,
    samples: 1,
    seed: { mode: "own", value: 1 },
    toolAnswers: {},
    simulatorId: null,
  };
  return { setup, notes };
}

type Restored = Pick<PlaygroundSetup, "variables" | "placeholders" | "messages"> & {
  content: PlaygroundColumn["content"];
};

/** Null where the version's template says nothing about the span: its variables were not kept. */
function restoreTemplate(span: SpanDetail, version: PromptVersion, notes: string[]): Restored | null {
  const variables = span.variables ?? {};
  const found = restoreMessages(version.content, variables, span.inputMessages ?? []);
  const name = `${version.name} version ${version.number}`;
  if (!found.isExact && span.variables === null && span.inputMessages !== null) {
    notes.push(
      `The span is linked to ${name} but does not carry its variables: its messages are shown as they were sent.`,
    );
    return null;
  }
  if (!found.isExact && span.inputMessages !== null)
    notes.push(
      `What was sent is not quite what ${name} makes of these variables: the application changed it.`,
    );
  const changed = changedSettings(span, version.content);
  if (Object.keys(changed).length > 0)
    notes.push(
      `The call had other tools, or another answer format, than ${name}: those of the call are here.`,
    );
  return { ...found, variables, content: { ...version.content, ...changed } };
}

type CallSettings = Pick<PromptContent, "tools" | "toolChoice" | "responseFormat">;

/** What the caller set in the prompt's place, as far as the span tells. */
function changedSettings(span: SpanDetail, content: PromptContent): Partial<CallSettings> {
  const request = requestOf(span);
  const said = readOutputSettings(request);
  const isOther = (ours: unknown, theirs: unknown) => canonicalJson(ours) !== canonicalJson(theirs);
  const tools = toTools(span.tools);
  return {
    ...(span.tools !== null && isOther(tools, content.tools) && { tools }),
    ...(request.tool_choice !== undefined &&
      isOther(said.toolChoice, content.toolChoice) && { toolChoice: said.toolChoice }),
    ...(request.response_format !== undefined &&
      isOther(said.responseFormat, content.responseFormat) && { responseFormat: said.responseFormat }),
  };
}

function restoreLiteral(span: SpanDetail, version: PromptVersion | null, notes: string[]): Restored {
  const { messages, notes: lost } = toChatMessages(span.inputMessages ?? asMessage(span.inputValue));
  notes.push(...lost);
  if (!version)
    notes.push("The span is linked to no saved prompt: its messages are shown as they were sent.");
  if (lost.length === 0 && span.inputMessages !== null && !isSame(messages, span.inputMessages))
    notes.push("Some of what was sent could not be taken over letter for letter.");
  const settings = readOutputSettings(requestOf(span));
  const content = literalContent(messages, {
    parameters: parametersOf(span),
    tools: toTools(span.tools),
    ...settings,
    modelVersionId: null,
  });
  return { content, variables: {}, placeholders: {}, messages: [] };
}

function asMessage(value: Json | null) {
  if (value === null) return [];
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return [{ role: "user", name: null, parts: [{ type: "text" as const, text }], finishReason: null }];
}

function parametersOf(span: SpanDetail): SamplingParameters {
  return readParameters(span.parameters);
}

/** The request itself, which spans of evaluations and the playground keep; others keep some of its fields. */
function requestOf(span: SpanDetail): { [field: string]: Json | undefined } {
  const { request } = span.raw.attributes;
  if (typeof request === "object" && request !== null && !Array.isArray(request)) return request;
  return { tool_choice: span.parameters.toolChoice, response_format: span.parameters.responseFormat };
}

async function findLinked(ctx: Context, span: SpanDetail): Promise<PromptVersion | null> {
  if (!span.prompt?.versionId) return null;
  try {
    return await findVersionById(ctx, span.prompt.versionId);
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") return null;
    throw error;
  }
}

async function findModel(ctx: Context, span: SpanDetail): Promise<ModelVersion | null> {
  if (span.modelVersionId) {
    const known = (await listModelVersions(ctx)).find((each) => each.id === span.modelVersionId);
    if (known) return known;
  }
  for (const name of [span.requestModel, span.responseModel]) {
    const found = name === null ? null : await findVersionByModelName(ctx.projectId, name);
    if (found) return found;
  }
  return null;
}
