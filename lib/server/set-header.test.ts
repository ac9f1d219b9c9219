import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { expect, test } from "vitest";
import { setHeader } from "./set-header.ts";

test("what a client sends under the server's own header is seen by nobody, however it is read", async () => {
  const seen: (string | null)[] = [];
  const listener = getRequestListener((request) => {
    const copied = new Headers([...request.headers]);
    seen.push(request.headers.get("x-own"), copied.get("x-own"));
    return new Response();
  });
  const server = createServer((request, response) => {
    setHeader(request, "x-own", "ours");
    seen.push(String(request.headers["x-own"]));
    void listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  await fetch(`http://127.0.0.1:${port}`, {
    headers: [
      ["X-Own", "theirs"],
      ["x-own", "theirs too"],
    ],
  });
  await new Promise((resolve) => server.close(resolve));
  expect(seen).toEqual(["ours", "ours", "ours"]);
});
