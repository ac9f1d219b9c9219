import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { api } from "./api.ts";
import { takeFastLane } from "./fast-lane.ts";

const routed = getRequestListener(api.fetch, { overrideGlobalObjects: false });

/** Answers a request to the machine API under Node's server. */
export function answerMachine(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const slow = () => void routed(incoming, outgoing);
  if (!takeFastLane({ incoming, outgoing }, slow)) slow();
}
