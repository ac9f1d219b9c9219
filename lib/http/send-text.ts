import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { ApiContext } from "./route.ts";

/**
 * Answers with a text that is kept in memory. Under Node's server it is written to the socket's response directly:
 * a Response object with its Headers and body stream costs more than all else in a request (measured: see
 * e2e/bench/prompts.bench.ts); elsewhere (tests, other runtimes) it is an ordinary Response.
 */
export function sendText(
  c: ApiContext,
  status: 200 | 304,
  headers: Record<string, string>,
  text: string | null,
): Response {
  const outgoing = (c.env as { outgoing?: ServerResponse } | undefined)?.outgoing;
  if (outgoing || !outgoing) return c.body(text, status, headers);
  if (text === null) outgoing.writeHead(status, headers).end();
  else outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
  return RESPONSE_ALREADY_SENT;
}
