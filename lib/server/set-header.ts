import type { IncomingMessage } from "node:http";

/**
 * Sets a request header in the server's own name, whatever the client sent under it. Node keeps headers twice: Next
 * reads the parsed ones, and @hono/node-server copies the raw list as soon as anything iterates over them.
 */
export function setHeader(
  request: Pick<IncomingMessage, "headers" | "rawHeaders">,
  name: string,
  value: string,
) {
  request.headers[name] = value;
  const raw = request.rawHeaders;
  for (let index = raw.length - 2; index >= 0; index -= 2) {
    if (raw[index]!.toLowerCase() === name) raw.splice(index, 2);
  }
  raw.push(name, value);
}
