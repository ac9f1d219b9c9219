import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "#lib/core/context.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { rememberOf } from "#lib/db/catalogue-memory.ts";
import { type ProviderAnswer, postToProvider } from "#lib/llm/post-to-provider.ts";
import { isProviderError, type ProviderError } from "#lib/llm/provider-error.ts";
import { isTransient } from "#lib/llm/retry.ts";
import { type OpenConnection, openConnection } from "#lib/models/open-connection.ts";
import type { ModelVersion } from "#lib/models/schema.ts";
import { inlineImages } from "#lib/prompts/images.ts";
import type { ChatMessage } from "#lib/prompts/schema.ts";
import type { Target } from "./resolve-target.ts";
import type { Watch } from "./watch.ts";

/** A call of a provider that failed and was followed by another. */
export type FailedAttempt = {
  modelVersion: ModelVersion;
  /** The HTTP status, or `provider_unreachable`. */
  type: string;
  message: string;
  endTimeUs: number;
};

export type Tried = {
  /** What answered, or was tried last: the target with the model version that was called. */
  target: Target;
  request: JsonObject;
  failed: FailedAttempt[];
} & ({ answer: ProviderAnswer } | { error: unknown });

const longestWaitS = 5;

/**
 * Calls the target's model, again as often as its deployment says where that can help, and then its fallbacks in
 * turn. Whoever answers, the call stays its variant's: what a test assigned is what it measures (intention to treat).
 * Nothing is tried again once an answer has begun.
 */
export async function tryModels(
  ctx: Context,
  target: Target,
  path: string,
  requestFor: (target: Target) => JsonObject,
  watch: Watch,
  signal: AbortSignal,
): Promise<Tried> {
  const failed: FailedAttempt[] = [];
  const models = [target.modelVersion, ...target.fallbacks];
  for (const [index, modelVersion] of models.entries()) {
    const tried = { ...target, modelVersion };
    const request = requestFor(tried);
    const connection = await connectionOf(ctx, modelVersion);
    const body = JSON.stringify(await withImages(ctx.projectId, request));
    for (let attempt = 0; ; attempt++) {
      try {
        return {
          target: tried,
          request,
          failed,
          answer: await postToProvider(connection, path, body, signal),
        };
      } catch (error) {
        const last = { target: tried, request, failed, error };
        if (!isProviderError(error)) return last;
        const waitS = error.retryAfterS ?? Math.random() * 0.5 * 2 ** attempt;
        const isRetried = attempt < target.retries && isTransient(error) && waitS <= longestWaitS;
        const isFollowed = index + 1 < models.length && canAnotherHelp(error);
        if (!isRetried && !isFollowed) return last;
        failed.push({
          modelVersion,
          type: failureType(error),
          message: error.message,
          endTimeUs: watch.nowUs(),
        });
        if (!isRetried) break;
        const hasWaited = await sleep(waitS * 1000, true, { signal }).catch(() => false);
        if (!hasWaited) return last;
      }
    }
  }
  throw new Error("A target has at least one model.");
}

export function failureType({ status }: ProviderError): string {
  return status === null ? "provider_unreachable" : String(status);
}

/** Another provider may have what this one is out of, or does not let us have. */
function canAnotherHelp(error: ProviderError): boolean {
  return isTransient(error) || error.status === 401 || error.status === 403 || error.status === 404;
}

function connectionOf(ctx: Context, { connection: { id } }: ModelVersion): Promise<OpenConnection> {
  return rememberOf(ctx.projectId, `connection ${id}`, () => openConnection(ctx, id));
}

/** The trace keeps the short addresses of uploaded images; the provider gets the images. */
async function withImages(projectId: string, request: JsonObject): Promise<JsonObject> {
  if (!Array.isArray(request.messages)) return request;
  const messages = request.messages as unknown as ChatMessage[];
  return { ...request, messages: (await inlineImages(projectId, messages)) as unknown as Json };
}
