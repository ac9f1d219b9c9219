import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Hono } from "hono";
import { singleton } from "#lib/core/singleton.ts";
import { bundleClient } from "../bundle-client.ts";
import type { ApiEnv } from "../route.ts";

/**
 * The client for programs, as the server that it talks to was built: `curl -O …/client/stemma.js`, or imported by its
 * address where that is allowed (Deno, browsers). No key: there is no secret in it.
 */
export const clientRoutes = new Hono<ApiEnv>();

type File = { text: string; etag: string };
const files = singleton("client-files", () => new Map<string, Promise<File>>());

const sources: Record<string, { type: string; read: () => Promise<string> }> = {
  "stemma.js": { type: "text/javascript; charset=utf-8", read: bundleClient },
  "stemma.d.ts": {
    type: "text/plain; charset=utf-8",
    read: () => readFile(new URL("../../client/bundled.d.ts", import.meta.url), "utf8"),
  },
};

for (const [name, { type, read }] of Object.entries(sources)) {
  clientRoutes.get(`/client/${name}`, async (c) => {
    const { text, etag } = await readOnce(name, read);
    const headers = { etag, "cache-control": "public, no-cache", "access-control-allow-origin": "*" };
    if (c.req.header("if-none-match") === etag) return c.body(null, 304, headers);
    return c.body(text, 200, { ...headers, "content-type": type });
  });
}

function readOnce(name: string, read: () => Promise<string>): Promise<File> {
  const known = files.get(name);
  if (known) return known;
  const reading = read().then((text) => {
    const digest = createHash("sha256").update(text).digest("base64url").slice(0, 27);
    return { text, etag: `"${digest}"` };
  });
  files.set(name, reading);
  reading.catch(() => files.delete(name));
  return reading;
}
