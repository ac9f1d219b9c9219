import OpenAI from "openai";
import { singleton } from "#lib/core/singleton.ts";
import { selfOrigin } from "#lib/env.ts";
import type { OpenConnection } from "#lib/models/open-connection.ts";
import { isProviderError, ProviderError, refusalOf } from "./provider-error.ts";

const timeoutMs = 10 * 60_000;
const clientLimit = 200;
const clients = singleton("llm-clients", () => new Map<string, OpenAI>());

/**
 * Sends one body to the provider and resolves with its raw answer once the headers are there; a body that streams
 * is still coming. Throws ProviderError for any other status than 2xx and when the provider can't be reached, and
 * the signal's reason when the caller gave up. Never retries: who calls decides (see retry.ts).
 */
export async function sendToProvider(
  connection: OpenConnection,
  method: "get" | "post",
  path: string,
  options: { body?: object; signal?: AbortSignal } = {},
): Promise<Response> {
  try {
    return await clientFor(connection)
      [method](path, { ...options, maxRetries: 0 })
      .asResponse();
  } catch (error) {
    throw toCallError(error, options.signal);
  }
}

/** What a failed call, or an answer that broke off while it was read, throws: the signal's reason if the caller gave up. */
export function toCallError(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (isProviderError(error)) return error;
  if (error instanceof Error && isProviderError(error.cause)) return error.cause;
  return new ProviderError(null, reasonOf(error), { cause: error });
}

/** The address that requests go to. */
export function resolveBaseUrl(baseUrl: string): string {
  return baseUrl.startsWith("/") ? selfOrigin() + baseUrl : baseUrl;
}

// One client per connection. Sockets are Node's own: kept open between calls, with TCP keep-alive (undici's default).
function clientFor({ baseUrl, apiKey }: OpenConnection): OpenAI {
  const address = resolveBaseUrl(baseUrl);
  const key = `${address}\n${apiKey ?? ""}`;
  const known = clients.get(key);
  if (known) return known;
  if (clients.size >= clientLimit) clients.clear();
  const client = new OpenAI({
    baseURL: address,
    apiKey: apiKey ?? "none",
    // The environment's own OpenAI account must never ride along to another provider.
    organization: null,
    project: null,
    adminAPIKey: null,
    ...(apiKey === null && { defaultHeaders: { authorization: null } }),
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: "off",
    fetch: fetchOrRefuse,
  });
  clients.set(key, client);
  return client;
}

// The client reshapes errors and forgets the body as it was sent, so it is read before the client sees it.
async function fetchOrRefuse(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  throw refusalOf(response.status, await response.text(), response.headers);
}

function reasonOf(error: unknown): string {
  let reason = String(error);
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = "code" in current ? String(current.code) : "";
    if (/^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)) {
      return `The provider cannot be reached (${code}). Check the connection's base URL.`;
    }
    reason = current.message || reason;
  }
  return `The call to the provider failed: ${reason}`;
}
