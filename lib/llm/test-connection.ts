import { type Context, requireScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { openConnection } from "#lib/models/open-connection.ts";
import type { ConnectionTest } from "#lib/models/schema.ts";
import { sendToProvider } from "./client.ts";
import { isProviderError, type ProviderError } from "./provider-error.ts";

const timeoutMs = 15_000;

/**
 * Asks the provider for its models, which costs nothing. Needs `models:write`. A provider that answers but lists no
 * models counts as reachable; what fails is told as a value. Throws `not_found`.
 */
export async function testConnection(ctx: Context, connectionId: string): Promise<ConnectionTest> {
  requireScope(ctx, "models:write");
  const startedMs = performance.now();
  const result = (isReachable: boolean, message: string, models: string[] = []): ConnectionTest => ({
    isReachable,
    message,
    models,
    latencyMs: Math.round(performance.now() - startedMs),
  });
  try {
    const connection = await openConnection(ctx, connectionId);
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await sendToProvider(connection, "get", "/models", { signal });
    const models = modelIds(await response.json().catch(() => null));
    const count = `${models.length} model${models.length === 1 ? "" : "s"}`;
    return result(true, `It works: ${count} found.`, models);
  } catch (error) {
    if (isProviderError(error)) return result(error.status === 404, adviceFor(error));
    if (error instanceof DOMException) return result(false, `No answer within ${timeoutMs / 1000} seconds.`);
    if (isAppError(error) && error.code !== "not_found") return result(false, error.message);
    throw error;
  }
}

function adviceFor(error: ProviderError): string {
  if (error.status === 404)
    return "The server answers but lists no models. Check that the base URL ends in /v1.";
  if (error.status === 401 || error.status === 403) return `The provider refuses the key: ${error.message}`;
  return error.message;
}

function modelIds(body: unknown): string[] {
  const data = (body as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) return [];
  return data.flatMap((each: { id?: unknown }) => (typeof each.id === "string" ? [each.id] : [])).sort();
}
