import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { singleton } from "#lib/core/singleton.ts";
import type { OpenConnection } from "#lib/models/open-connection.ts";
import { resolveBaseUrl, toCallError } from "./client.ts";
import { refusalOf } from "./provider-error.ts";

export type ProviderAnswer = { status: number; headers: IncomingHttpHeaders; body: Readable };

const timeoutMs = 10 * 60_000;
const agents = singleton("provider-agents", () => ({
  http: new HttpAgent({ keepAlive: true }),
  https: new HttpsAgent({ keepAlive: true }),
}));

/**
 * Sends one body to the provider and resolves with its answer once the headers are there: what `sendToProvider` does,
 * without the OpenAI client and web streams, which cost the gateway more than all else it does. Throws ProviderError
 * for any other status than 2xx and when the provider can't be reached, the signal's reason when the caller gave up.
 */
export async function postToProvider(
  { baseUrl, apiKey }: OpenConnection,
  path: string,
  body: string,
  signal: AbortSignal,
): Promise<ProviderAnswer> {
  try {
    const response = await post(addressOf(baseUrl, path), apiKey, body, signal);
    const status = response.statusCode ?? 0;
    const answer = { status, headers: response.headers, body: decoded(response) };
    if (status >= 200 && status < 300) return answer;
    const text = (await readAll(answer.body)).toString("utf8");
    throw refusalOf(status, text, webHeadersOf(response.headers));
  } catch (error) {
    throw toCallError(error, signal);
  }
}

/** The whole of a body. (By its events: iterating over a stream of one chunk costs as much as sending it.) */
export function readAll(body: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let isWhole = false;
    body.on("data", (chunk: Buffer) => chunks.push(chunk));
    body.once("end", () => {
      isWhole = true;
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    body.once("error", reject);
    body.once("close", () => {
      if (!isWhole) reject(new Error("the answer broke off"));
    });
  });
}

type Address = { isSecure: boolean; host: string; port: string; path: string };
const addressLimit = 1_000;
const addresses = singleton("provider-addresses", () => new Map<string, Address>());

/** Where a path of the provider is; taking an address apart is not done anew for every call. */
function addressOf(baseUrl: string, path: string): Address {
  const text = resolveBaseUrl(baseUrl).replace(/\/+$/, "") + path;
  const known = addresses.get(text);
  if (known) return known;
  const { protocol, hostname, port, pathname, search } = new URL(text);
  const isSecure = protocol === "https:";
  // An IPv6 address stands in brackets in a URL and nowhere else.
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const address = { isSecure, host, port: port || (isSecure ? "443" : "80"), path: pathname + search };
  if (addresses.size >= addressLimit) addresses.clear();
  addresses.set(text, address);
  return address;
}

function post(
  address: Address,
  apiKey: string | null,
  body: string,
  signal: AbortSignal,
  isSecondTry = false,
): Promise<IncomingMessage> {
  const { isSecure, ...place } = address;
  const headers: OutgoingHttpHeaders = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    accept: "application/json, text/event-stream",
    "accept-encoding": "identity",
    "user-agent": "stemma-gateway",
  };
  if (apiKey !== null) headers.authorization = `Bearer ${apiKey}`;
  const agent = isSecure ? agents.https : agents.http;
  const options = { ...place, method: "POST", agent, timeout: timeoutMs, headers };
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const outgoing = (isSecure ? httpsRequest : httpRequest)(options, resolve);
    const abandon = () => outgoing.destroy(new Error("the caller went away"));
    signal.addEventListener("abort", abandon, { once: true });
    outgoing.once("close", () => signal.removeEventListener("abort", abandon));
    outgoing.once("timeout", () => outgoing.destroy(new Error("no answer in ten minutes")));
    outgoing.once("error", (error) => {
      // The provider closed a kept connection just as we took it: it has seen nothing of this call.
      const isStale = outgoing.reusedSocket && "code" in error && error.code === "ECONNRESET";
      if (isStale && !isSecondTry && !signal.aborted) {
        post(address, apiKey, body, signal, true).then(resolve, reject);
      } else reject(error);
    });
    outgoing.end(body);
  });
}

function webHeadersOf(headers: IncomingHttpHeaders): Headers {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") found.set(name, value);
  }
  return found;
}

const decoders: Record<string, () => NodeJS.ReadWriteStream & Readable> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Few compress what was asked for as it is, but some do. */
function decoded(response: IncomingMessage): Readable {
  const decoder = decoders[response.headers["content-encoding"] ?? ""]?.();
  if (!decoder) return response;
  response.once("error", (error) => decoder.destroy(error));
  return response.pipe(decoder);
}
