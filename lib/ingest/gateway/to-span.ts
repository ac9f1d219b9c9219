import type { Json, JsonObject } from "#lib/core/json.ts";
import { parametersOf } from "#lib/traces/conventions/parameters.ts";
import type { Span } from "#lib/traces/span.ts";
import type { Endpoint, Observed } from "./endpoints.ts";
import type { GatewayCall } from "./read-call.ts";
import type { Target } from "./resolve-target.ts";
import type { FailedAttempt } from "./try-models.ts";

/** A call of the gateway once it is over. */
export type Outcome = {
  traceId: string;
  spanId: string;
  endpoint: Endpoint;
  call: GatewayCall;
  /** With the model version that answered, which may be a fallback; the assignment is the call's all the same. */
  target: Target;
  /** Calls of providers that went before, in order. */
  failed: readonly FailedAttempt[];
  /** The body that the provider was sent. */
  request: JsonObject;
  startTimeUs: number;
  endTimeUs: number;
  timeToFirstTokenMs: number | null;
  observed: Observed;
  /** Null for a call that went well. `type` is the HTTP status, `canceled`, or `provider_unreachable`. */
  failure: { type: string; message: string } | null;
};

export const gatewayMappingVersion = 1;

/** The span of a gateway call. Pure; `raw` says the same in OpenTelemetry's `gen_ai.*` words. */
export function toGatewaySpan(outcome: Outcome): Span {
  const { call, target, request, observed, failure, endpoint } = outcome;
  const { modelVersion, promptVersion, assignment } = target;
  const { inputMessages, inputValue } = endpoint.readInput(request);
  const { usage } = observed;
  const hasUsage = usage.inputTokens !== null || usage.outputTokens !== null;
  const parameters = parametersOf(request);
  return {
    traceId: outcome.traceId,
    spanId: outcome.spanId,
    parentSpanId: call.parent?.spanId ?? null,
    name: `${endpoint.operation} ${modelVersion.providerModel}`,
    kind: "client",
    operation: endpoint.operation,
    startTimeUs: outcome.startTimeUs,
    endTimeUs: outcome.endTimeUs,
    status: failure ? "error" : "ok",
    errorType: failure?.type ?? null,
    errorMessage: failure?.message ?? null,
    service: null,
    environment: textAttribute(call, "environment"),
    release: textAttribute(call, "release"),
    userId: call.unit,
    sessionId: call.sessionId,
    tags: call.tags,
    metadata: call.attributes,
    provider: modelVersion.connection.provider,
    requestModel: modelVersion.providerModel,
    responseModel: observed.model,
    responseId: observed.id,
    modelVersionId: modelVersion.id,
    parameters,
    inputMessages,
    outputMessages: observed.outputMessages,
    inputValue,
    outputValue: null,
    tools: Array.isArray(request.tools) ? request.tools : null,
    finishReasons: observed.finishReasons,
    usage: { ...usage, source: hasUsage ? "reported" : "missing" },
    cost: { usd: null, source: "missing" },
    timeToFirstTokenMs: outcome.timeToFirstTokenMs,
    prompt: promptVersion
      ? { name: promptVersion.name, version: String(promptVersion.number), versionId: promptVersion.id }
      : call.prompt && { ...call.prompt, versionId: null },
    variables: promptVersion || call.prompt ? call.variables : null,
    assignment: assignment && {
      abTestKey: assignment.abTestKey,
      variantKey: assignment.variantKey,
      unitId: assignment.unitId,
    },
    deployment: target.deployment,
    dialect: "gateway",
    mappingVersion: gatewayMappingVersion,
    raw: {
      resource: {},
      scope: { name: "stemma.gateway", version: null },
      attributes: attributesOf(outcome, parameters),
      events: outcome.failed.map(toEvent),
      links: [],
      startTimeUnixNano: `${outcome.startTimeUs}000`,
      endTimeUnixNano: `${outcome.endTimeUs}000`,
      statusCode: failure ? 2 : 1,
      statusMessage: failure?.message ?? null,
    },
  };
}

function toEvent({ modelVersion, type, message, endTimeUs }: FailedAttempt) {
  return {
    name: "stemma.gateway.attempt",
    timeUnixNano: `${endTimeUs}000`,
    attributes: {
      "gen_ai.request.model": modelVersion.providerModel,
      "gen_ai.provider.name": modelVersion.connection.provider,
      "error.type": type,
      "error.message": message,
    },
  };
}

function attributesOf(
  { call, target, request, observed, failure, failed, endpoint }: Outcome,
  parameters: JsonObject,
): JsonObject {
  const { modelVersion, promptVersion, assignment, deployment } = target;
  const attributes: Record<string, Json | null | undefined> = {
    "gen_ai.operation.name": endpoint.operation,
    "gen_ai.provider.name": modelVersion.connection.provider,
    "gen_ai.request.model": modelVersion.providerModel,
    "gen_ai.response.model": observed.model,
    "gen_ai.response.id": observed.id,
    "gen_ai.response.finish_reasons": observed.finishReasons.length > 0 ? observed.finishReasons : null,
    "gen_ai.request.temperature": parameters.temperature,
    "gen_ai.request.top_p": parameters.topP,
    "gen_ai.request.max_tokens": parameters.maxTokens,
    "gen_ai.request.seed": parameters.seed,
    "gen_ai.request.stop_sequences": parameters.stop,
    "gen_ai.usage.input_tokens": observed.usage.inputTokens,
    "gen_ai.usage.output_tokens": observed.usage.outputTokens,
    "gen_ai.input.messages": JSON.stringify(request.messages ?? request.input ?? null),
    "error.type": failure?.type,
    "user.id": call.unit,
    "session.id": call.sessionId,
    "stemma.deployment": deployment,
    "stemma.gateway.attempts": failed.length > 0 ? failed.length + 1 : null,
    "stemma.model.version_id": modelVersion.id,
    "stemma.prompt.name": promptVersion?.name ?? call.prompt?.name,
    "stemma.prompt.version": promptVersion ? String(promptVersion.number) : call.prompt?.version,
    "stemma.ab_test.key": assignment?.abTestKey,
    "stemma.ab_test.variant": assignment?.variantKey,
    "stemma.ab_test.unit": assignment?.unitId,
  };
  const present = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present) as JsonObject;
}

function textAttribute({ attributes }: GatewayCall, name: string): string | null {
  return attributes[name] === undefined ? null : String(attributes[name]);
}
