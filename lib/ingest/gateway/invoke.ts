import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { sendToProvider, toCallError } from "#lib/llm/client.ts";
import { isProviderError, type ProviderError } from "#lib/llm/provider-error.ts";
import { openConnection } from "#lib/models/open-connection.ts";
import { mergeParameters, toOpenAi } from "#lib/models/parameters.ts";
import { buildChatRequest } from "./build-request.ts";
import { type Endpoint, nothingObserved, type Observed } from "./endpoints.ts";
import { passThrough } from "./pass-through.ts";
import { type GatewayCall, readCall } from "./read-call.ts";
import { resolveTarget, type Target } from "./resolve-target.ts";
import { type Outcome, toGatewaySpan } from "./to-span.ts";
import { enqueueSpan } from "./trace-queue.ts";
import { canceled, startWatch } from "./watch.ts";

/**
 * One call of the gateway: finds what `model` serves, fills its prompt, sends it to the provider and gives back the
 * provider's answer as it comes, byte for byte, whatever its status. The trace is written afterwards. Headers tell
 * the trace (`x-stemma-trace-id`, `x-stemma-span-id`) and what was served (`x-stemma-deployment`, `x-stemma-prompt`,
 * `x-stemma-prompt-version`, `x-stemma-model-version`, `x-stemma-ab-test`, `x-stemma-variant`). Needs
 * `deployments:invoke`. Throws AppError before the provider is called, never after.
 */
export async function invokeGateway(
  ctx: Context,
  endpoint: Endpoint,
  body: unknown,
  headers: Headers,
  signal: AbortSignal,
): Promise<Response> {
  const call = readCall(body, headers);
  const target = await resolveTarget(ctx, call);
  const connection = await openConnection(ctx, target.modelVersion.connection.id);
  const request = requestFor(endpoint, call, target);

  const watch = startWatch();
  const traceId = call.parent?.traceId ?? newTraceId();
  const spanId = newSpanId();
  const finish = (observed: Observed, failure: Outcome["failure"], timeToFirstTokenMs: number | null) => {
    const times = { startTimeUs: watch.startTimeUs, endTimeUs: watch.nowUs(), timeToFirstTokenMs };
    const outcome = { traceId, spanId, endpoint, call, target, request, observed, failure, ...times };
    enqueueSpan(ctx.projectId, toGatewaySpan(outcome));
  };

  const told = { "x-stemma-trace-id": traceId, "x-stemma-span-id": spanId, ...servedHeaders(target) };
  try {
    const response = await sendToProvider(connection, "post", endpoint.path, { body: request, signal });
    if (isEventStream(response) && response.body) {
      return passThrough(
        response,
        { ...headersOf(response.headers), ...told },
        endpoint.observe(),
        watch,
        finish,
      );
    }
    const bytes = await response.arrayBuffer().catch((error) => {
      throw toCallError(error, signal);
    });
    finish(endpoint.readWhole(parseJson(bytes)), null, null);
    return new Response(bytes, {
      status: response.status,
      headers: { ...headersOf(response.headers), ...told },
    });
  } catch (error) {
    if (isProviderError(error)) {
      finish(nothingObserved, { type: typeOf(error), message: error.message }, null);
      return failedResponse(error, told);
    }
    if (!signal.aborted) throw error;
    finish(nothingObserved, canceled, null);
    return new Response(null, { status: 499, headers: told });
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
  const { temperature, top_p } = toOpenAi(mergeParameters(target.modelVersion.parameters, target.parameters));
  return {
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
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

/** The provider's headers that mean something to the caller; lengths and encodings were of another connection. */
function headersOf(headers: Headers): Record<string, string> {
  const kept = [...headers].filter(([name]) =>
    /^(?:content-type|cache-control|retry-after(?:-ms)?|x-request-id|x-ratelimit-.*|openai-.*)$/.test(name),
  );
  return Object.fromEntries(kept);
}

function failedResponse(error: ProviderError, told: Record<string, string>): Response {
  const retry: Record<string, string> =
    error.retryAfterS === null ? {} : { "retry-after": String(Math.ceil(error.retryAfterS)) };
  if (error.status !== null) {
    const type = error.contentType ?? "application/json";
    return new Response(error.body, {
      status: error.status,
      headers: { "content-type": type, ...retry, ...told },
    });
  }
  const body = {
    error: { message: error.message, type: "server_error", param: null, code: "provider_unreachable" },
  };
  return Response.json(body, { status: 502, headers: told });
}

function typeOf({ status }: ProviderError): string {
  return status === null ? "provider_unreachable" : String(status);
}

function isEventStream(response: Response): boolean {
  return /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");
}

function parseJson(bytes: ArrayBuffer): Json {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch {
    return null;
  }
}
