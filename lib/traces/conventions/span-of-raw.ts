import type { JsonObject } from "#lib/core/json.ts";
import type { Message, RawSpan, SpanContent, SpanFacts } from "../span.ts";
import { modelCallOperations } from "../span.ts";
import type { Dialect, Fields, Source } from "./dialect.ts";
import { mappingVersion } from "./dialects.ts";
import { foldFinishReason } from "./messages.ts";
import { type Plan, planFor } from "./plan.ts";
import { normalizeProvider } from "./provider.ts";

export type SpanIdentity = Pick<SpanFacts, "traceId" | "spanId" | "parentSpanId" | "name" | "kind">;

/**
 * The neutral facts of a span as OTLP sent it. Links are not yet resolved nor the cost computed: `accept-spans`
 * does both. Pure.
 */
export function spanOfRaw(identity: SpanIdentity, raw: RawSpan): SpanFacts {
  const source = toSource(identity.name, raw);
  const plan = planFor(source, raw.scope.name);
  const find = <Field extends keyof Fields>(field: Field) => first(plan, source, field)?.value ?? null;

  const inputTokens = first(plan, source, "inputTokens");
  const outputTokens = find("outputTokens");
  const costUsd = find("costUsd");
  const isError = raw.statusCode === 2 || find("isError") === true;
  const promptName = find("promptName");
  const abTestKey = find("abTestKey");
  const variantKey = find("variantKey");
  const isMissing = inputTokens === null && outputTokens === null;

  return {
    ...identity,
    operation: find("operation") ?? "other",
    startTimeUs: toMicroseconds(
      raw.startTimeUnixNano === "0" ? (raw.endTimeUnixNano ?? "0") : raw.startTimeUnixNano,
    ),
    endTimeUs: raw.endTimeUnixNano === null ? null : toMicroseconds(raw.endTimeUnixNano),
    status: isError ? "error" : "ok",
    errorType: isError ? find("errorType") : null,
    errorMessage: isError ? (raw.statusMessage ?? find("errorMessage")) : null,
    service: find("service"),
    environment: find("environment"),
    release: find("release"),
    userId: find("userId"),
    sessionId: find("sessionId"),
    tags: find("tags") ?? [],
    provider: normalizeProvider(find("provider")),
    requestModel: find("requestModel"),
    responseModel: find("responseModel"),
    responseId: find("responseId"),
    usage: {
      inputTokens: inputTokens?.value ?? null,
      outputTokens,
      cachedInputTokens: find("cachedInputTokens"),
      cacheWriteInputTokens: find("cacheWriteInputTokens"),
      reasoningOutputTokens: find("reasoningOutputTokens"),
      source: isMissing ? "missing" : inputTokens?.dialect.sumsTokens ? "summed" : "reported",
    },
    cost: costUsd === null ? { usd: null, source: "missing" } : { usd: costUsd, source: "reported" },
    timeToFirstTokenMs: find("timeToFirstTokenMs"),
    prompt:
      promptName === null ? null : { name: promptName, version: find("promptVersion"), versionId: null },
    assignment:
      abTestKey !== null && variantKey !== null ? { abTestKey, variantKey, unitId: find("unitId") } : null,
    deployment: find("deployment"),
    dialect: plan.name,
    mappingVersion,
    raw,
  };
}

/** What is read with one trace: messages, parameters, variables, tools. Pure. */
export function contentOfRaw(span: Pick<SpanFacts, "name" | "operation" | "raw">): SpanContent {
  const source = toSource(span.name, span.raw);
  const plan = planFor(source, span.raw.scope.name);
  const find = <Field extends keyof Fields>(field: Field) => first(plan, source, field)?.value ?? null;

  const inputMessages = withInstructions(find("instructions"), find("inputMessages"));
  const outputMessages = withWords(find("outputMessages"));
  const isConversation = modelCallOperations.includes(span.operation);
  const reasons =
    find("finishReasons") ?? outputMessages?.flatMap((message) => message.finishReason ?? []) ?? [];
  return {
    metadata: merge(plan, source, "metadata"),
    parameters: merge(plan, source, "parameters"),
    inputMessages,
    outputMessages,
    inputValue: inputMessages && isConversation ? null : find("inputValue"),
    outputValue: outputMessages && isConversation ? null : find("outputValue"),
    tools: find("tools"),
    finishReasons: reasons.map(foldFinishReason),
    variables: emptyToNull(merge(plan, source, "variables")),
  };
}

const detailsEvent = "gen_ai.client.inference.operation.details";

/** Details events carry what could as well be attributes; several of one span, input then output, are merged. */
function toSource(name: string, raw: RawSpan): Source {
  const details =
    raw.events.length === 0 ? raw.events : raw.events.filter((event) => event.name === detailsEvent);
  const attributes =
    details.length === 0
      ? raw.attributes
      : Object.assign({}, ...details.map((event) => event.attributes), raw.attributes);
  return {
    name,
    attributes,
    resource: raw.resource,
    events: raw.events,
    startTimeUnixNano: raw.startTimeUnixNano,
  };
}

type Found<Value> = { value: Value; dialect: Dialect };

function first<Field extends keyof Fields>(
  plan: Plan,
  source: Source,
  field: Field,
): Found<Fields[Field]> | null {
  const steps = plan.steps[field];
  if (!steps) return null;
  for (const { candidate, dialect } of steps) {
    const value = candidate(source);
    if (value !== null && value !== undefined) return { value, dialect };
  }
  return null;
}

function merge(plan: Plan, source: Source, field: "parameters" | "metadata" | "variables"): JsonObject {
  const merged: JsonObject = {};
  for (const { candidate } of plan.steps[field] ?? []) {
    for (const [key, value] of Object.entries(candidate(source) ?? {})) {
      if (!Object.hasOwn(merged, key)) merged[key] = value;
    }
  }
  return merged;
}

function withInstructions(instructions: Message[] | null, messages: Message[] | null): Message[] | null {
  if (!instructions) return messages;
  if (messages?.some((message) => message.role === "system" || message.role === "developer")) return messages;
  return [...instructions, ...(messages ?? [])];
}

/** LangChain's failed calls come with an answer that says nothing. */
function withWords(messages: Message[] | null): Message[] | null {
  const saying = messages?.filter((message) => message.parts.length > 0 || message.finishReason !== null);
  return saying && saying.length > 0 ? saying : null;
}

function emptyToNull(value: JsonObject): JsonObject | null {
  return Object.keys(value).length > 0 ? value : null;
}

/** Whole microseconds: exact in a double until the year 2255. */
function toMicroseconds(nanos: string): number {
  return nanos.length > 3 ? Number(nanos.slice(0, -3)) : 0;
}
