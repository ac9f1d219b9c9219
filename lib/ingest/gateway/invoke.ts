import type { IncomingHttpHeaders } from "node:http";
import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { toCallError } from "#lib/llm/client.ts";
import { readAll } from "#lib/llm/post-to-provider.ts";
import { isProviderError, type ProviderError } from "#lib/llm/provider-error.ts";
import { mergeParameters, toOpenAi } from "#lib/models/parameters.ts";
import { buildChatRequest } from "./build-request.ts";
import { type Endpoint, nothingObserved, type Observed } from "./endpoints.ts";
import { passThrough } from "./pass-through.ts";
import { type GatewayCall, type HeaderReader, readCall } from "./read-call.ts";
import { resolveTarget, type Target } from "./resolve-target.ts";
import { type Outcome, toGatewaySpan } from "./to-span.ts";
import { enqueueSpan } from "./trace-queue.ts";
import { failureType, tryModels } from "./try-models.ts";
import { canceled, startWatch } from "./watch.ts";

/** What the caller is answered: all of it at once, or as it comes. */
export type GatewayAnswer = {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array | AsyncGenerator<Uint8Array, void> | null;
};

/**
 * One call of the gateway: finds what `model` serves, fills its prompt, sends it to the provider (and where that
 * fails again, or to the deployment's fallbacks) and gives back the provider's answer as it comes, byte for byte,
 * whatever its status. The trace is written afterwards. Headers tell the trace (`x-stemma-trace-id`,
 * `x-stemma-span-id`) and what was served (`x-stemma-deployment`, `x-stemma-prompt`, `x-stemma-prompt-version`,
 * `x-stemma-model-version`, `x-stemma-ab-test`, `x-stemma-variant`; `x-stemma-attempts` if there were several).
 * Needs `deployments:invoke`. Throws AppError before the provider is called, never after.
 */
export async function invokeGateway(
  ctx: Context,
  endpoint: Endpoint,
  body: unknown,
  headers: HeaderReader,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  const call = readCall(body, headers);
  const assigned = await resolveTarget(ctx, call);
  const watch = startWatch();
  const traceId = call.parent?.traceId ?? newTraceId();
  const spanId = newSpanId();
  const tried = await tryModels(
    ctx,
    assigned,
    endpoint.path,
    (target) => requestFor(endpoint, call, target),
    watch,
    signal,
  );
  const { target, request, failed } = tried;

  const finish = (
    observe: () => Observed,
    failure: Outcome["failure"],
    timeToFirstTokenMs: number | null = null,
  ) => {
    const times = { startTimeUs: watch.startTimeUs, endTimeUs: watch.nowUs(), timeToFirstTokenMs };
    const outcome = { traceId, spanId, endpoint, call, target, request, failed, failure, ...times };
    enqueueSpan(ctx.projectId, () => toGatewaySpan({ ...outcome, observed: observe() }));
  };
  const told: Record<string, string> = {
    "x-stemma-trace-id": traceId,
    "x-stemma-span-id": spanId,
    ...servedHeaders(target),
    ...(failed.length > 0 && { "x-stemma-attempts": String(failed.length + 1) }),
  };
  const fail = (error: unknown): GatewayAnswer => {
    if (isProviderError(error)) {
      finish(() => nothingObserved, { type: failureType(error), message: error.message });
      return failedAnswer(error, told);
    }
    if (!signal.aborted) throw error;
    finish(() => nothingObserved, canceled);
    return { status: 499, headers: told, body: null };
  };

  if ("error" in tried) return fail(tried.error);
  const { answer } = tried;
  const answerHeaders = { ...headersOf(answer.headers), ...told };
  if (isEventStream(answer.headers)) {
    const stream = passThrough(answer.body, endpoint.observe(), watch, signal, (observed, failure, firstMs) =>
      finish(() => observed, failure, firstMs),
    );
    return { status: answer.status, headers: answerHeaders, body: stream };
  }
  try {
    const bytes = await readAll(answer.body);
    finish(() => endpoint.readWhole(parseJson(bytes)), null);
    return { status: answer.status, headers: answerHeaders, body: bytes };
  } catch (error) {
    return fail(toCallError(error, signal));
  }
}

function requestFor(endpoint: Endpoint, call: GatewayCall, target: Target): JsonObject {
  if (endpoint.path === "/chat/completions") return buildChatRequest(call, target);
  if (target.promptVersion) {
    const message = `"${call.model}" serves a prompt: call it at /v1/chat/completions.`;
    throw new AppError("invalid_input", message, { issues: [{ path: "model", message }] });
  }
  const model = target.modelVersion.providerModel;
  if (endpoint.operation === "embeddings") return { ...call.body, model };
  const { temperature, top_p, max_tokens, reasoning_effort } = toOpenAi(
    mergeParameters(target.modelVersion.parameters, target.parameters),
  );
  return {
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(max_tokens !== undefined && { max_output_tokens: max_tokens }),
    ...(reasoning_effort !== undefined && { reasoning: { effort: reasoning_effort } }),
    ...call.body,
    model,
  };
}

function servedHeaders({
  deployment,
  promptVersion,
  modelVersion,
  assignment,
}: Target): Record<string, string> {
  // Header values are Latin-1: names may be anything.
  return {
    "x-stemma-model-version": `${encodeURIComponent(modelVersion.model.name)}@${modelVersion.number}`,
    ...(deployment !== null && { "x-stemma-deployment": deployment }),
    ...(promptVersion && {
      "x-stemma-prompt": encodeURIComponent(promptVersion.name),
      "x-stemma-prompt-version": String(promptVersion.number),
    }),
    ...(assignment && {
      "x-stemma-ab-test": assignment.abTestKey,
      "x-stemma-variant": assignment.variantKey,
    }),
  };
}

const keptHeader =
  /^(?:content-type|cache-control|retry-after(?:-ms)?|x-request-id|x-ratelimit-.*|openai-.*)$/;

/** The provider's headers that mean something to the caller; lengths and encodings were of another connection. */
function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === "string" && keptHeader.test(name)) kept[name] = value;
  }
  return kept;
}

function failedAnswer(error: ProviderError, told: Record<string, string>): GatewayAnswer {
  const retry: Record<string, string> =
    error.retryAfterS === null ? {} : { "retry-after": String(Math.ceil(error.retryAfterS)) };
  if (error.status !== null) {
    const type = error.contentType ?? "application/json";
    return { status: error.status, headers: { "content-type": type, ...retry, ...told }, body: error.body };
  }
  const body = {
    error: { message: error.message, type: "server_error", param: null, code: "provider_unreachable" },
  };
  return {
    status: 502,
    headers: { "content-type": "application/json", ...told },
    body: JSON.stringify(body),
  };
}

function isEventStream(headers: IncomingHttpHeaders): boolean {
  return /^text\/event-stream\b/i.test(headers["content-type"] ?? "");
}

function parseJson(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString("utf8")) as Json;
  } catch {
    return null;
  }
}
