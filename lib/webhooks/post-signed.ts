import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { env } from "#lib/env.ts";
import { refusalOfHost, safeLookup } from "./safe-address.ts";

export type PostOutcome =
  | { kind: "answered"; status: number; durationMs: number }
  | { kind: "failed"; error: string; durationMs: number };

const timeoutMs = 10_000;

/**
 * Posts JSON once. Redirects are not followed (they would lead past the check of the address), the answer's body is
 * not read, and ten seconds are the end. Never throws: what went wrong is the outcome.
 */
export function postSigned(url: string, headers: Record<string, string>, body: string): Promise<PostOutcome> {
  const startedAt = performance.now();
  const spent = () => Math.round(performance.now() - startedAt);
  const { hostname, protocol } = new URL(url);
  const allowsInternal = env().allowsInternalWebhooks;
  const refusal = refusalOfHost(hostname, allowsInternal);
  if (refusal)
    return Promise.resolve({ kind: "failed", error: `${hostname} ${refusal}.`, durationMs: spent() });
  return new Promise((resolve) => {
    const fail = (error: string) => resolve({ kind: "failed", error, durationMs: spent() });
    const request = (protocol === "https:" ? httpsRequest : httpRequest)(
      url,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "Stemma-Webhooks/1",
          ...headers,
        },
        lookup: safeLookup(allowsInternal),
        signal: AbortSignal.timeout(timeoutMs),
        agent: false,
      },
      (response) => {
        response.destroy();
        resolve({ kind: "answered", status: response.statusCode ?? 0, durationMs: spent() });
      },
    );
    request.once("error", (error: NodeJS.ErrnoException) =>
      fail(
        error.name === "TimeoutError" || error.name === "AbortError"
          ? "No answer within 10 seconds."
          : `${explained(error)}.`,
      ),
    );
    request.end(body);
  });
}

function explained(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ECONNREFUSED":
      return "Nothing listens at this address and port";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "There is no host of this name";
    default:
      return error.message.replace(/\.$/, "");
  }
}
