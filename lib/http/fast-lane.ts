import { newId } from "#lib/core/ids.ts";
import { env } from "#lib/env.ts";
import { type Endpoint, gatewayEndpoints } from "#lib/ingest/gateway/endpoints.ts";
import { invokeGateway } from "#lib/ingest/gateway/invoke.ts";
import { serveCached } from "#lib/prompts/serve-cached.ts";
import { authenticateKey, credentialsOf } from "./authenticate.ts";
import { callerSignal, type Exchange, headersOf, readBytes, sendAnswer } from "./exchange.ts";
import { gatewayError, parseCall } from "./routes/gateway.ts";
import { answerServed, isSubresource, parseSelector, promptsPath } from "./routes/prompts.ts";

/*
 * The two things that programs ask for all day, a prompt that is in memory and a call of the gateway, are answered on
 * Node's own request and response. Making a web Request and Response of them, routing them and streaming their bodies
 * costs more than they do: a fetch took 33 µs where finding and writing it takes 4. The routes of the same paths stay
 * the whole truth, for what comes without a key, for every refusal of a prompt, and under plain Next.
 */

/** Whether this request was taken; if not, it is untouched. `slow` answers those that turn out to be none for here. */
export function takeFastLane(exchange: Exchange, slow: () => void): boolean {
  const { method, url = "", headers } = exchange.incoming;
  const credentials = credentialsOf((name) => headers[name] as string | undefined);
  if (credentials === undefined) return false;
  if (method === "GET" && url.startsWith(promptsPath)) {
    return takePrompt(exchange, credentials, url.slice(promptsPath.length), slow);
  }
  const endpoint = method === "POST" ? endpoints.get(url) : undefined;
  if (!endpoint) return false;
  void answerCall(exchange, credentials, endpoint);
  return true;
}

const endpoints = new Map(gatewayEndpoints.map((endpoint) => [`/v1${endpoint.path}`, endpoint]));

function takePrompt(exchange: Exchange, credentials: string, rest: string, slow: () => void): boolean {
  const at = rest.indexOf("?");
  const path = at < 0 ? rest : rest.slice(0, at);
  if (path === "" || isSubresource(path)) return false;
  answerPrompt(exchange, credentials, path, at < 0 ? "" : rest.slice(at + 1)).catch(slow);
  return true;
}

async function answerPrompt(exchange: Exchange, credentials: string, path: string, query: string) {
  const ctx = await authenticateKey(credentials);
  const name = path.includes("%") ? decodeURIComponent(path) : path;
  const served = await serveCached(ctx, { name, ...selectorOf(query) });
  const answer = answerServed(served, exchange.incoming.headers["if-none-match"]);
  if (answer.body === null) return sendAnswer(exchange, answer);
  const { bytesAsLatin1 } = served;
  answer.headers["content-length"] = String(bytesAsLatin1.length);
  exchange.outgoing.writeHead(answer.status, answer.headers).end(bytesAsLatin1, "latin1");
}

function selectorOf(query: string) {
  if (query === "") return {};
  const [, label] = /^label=([\w.-]+)$/.exec(query) ?? [];
  return label ? { label } : parseSelector(Object.fromEntries(new URLSearchParams(query)));
}

async function answerCall(exchange: Exchange, credentials: string, endpoint: Endpoint): Promise<void> {
  try {
    const ctx = await authenticateKey(credentials);
    const body = parseCall(await readBytes(exchange, env().bodyLimitBytes));
    const answer = await invokeGateway(ctx, endpoint, body, headersOf(exchange), callerSignal(exchange));
    await sendAnswer(exchange, answer);
  } catch (error) {
    const answer = gatewayError(error, newId());
    // What is left of the body is not read: the client must not send its next request behind it.
    if (answer.status === 413) answer.headers.connection = "close";
    await sendAnswer(exchange, answer);
  }
}
