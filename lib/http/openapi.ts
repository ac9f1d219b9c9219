import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "./route.ts";

const assets: Record<string, string> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stemma API</title>
<link rel="stylesheet" href="/api/reference/swagger-ui.css">
</head>
<body>
<main id="reference"></main>
<script src="/api/reference/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#reference", deepLinking: true })</script>
</body>
</html>`;

/** Serves the OpenAPI 3.1 document made from the routes' own schemas, and a page to browse and try it. */
export function serveDocument(api: OpenAPIHono<ApiEnv>): void {
  api.openAPIRegistry.registerComponent("securitySchemes", "Bearer", { type: "http", scheme: "bearer" });
  api.openAPIRegistry.registerComponent("securitySchemes", "Basic", { type: "http", scheme: "basic" });
  api.doc31("/api/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Stemma",
      version: "1",
      description:
        "Versioned prompts, evaluations, traces and A/B tests. Authenticate with `Authorization: Bearer <secret key>` or Basic `public:secret`.",
    },
  });
  api.get("/api/reference", (c) => c.html(page));
  api.get("/api/reference/:file", async (c) => {
    const contentType = assets[c.req.param("file")];
    if (!contentType) return c.notFound();
    const path = join(process.cwd(), "node_modules/swagger-ui-dist", c.req.param("file"));
    return c.body(await readFile(path, "utf8"), 200, {
      "content-type": contentType,
      "cache-control": "public, max-age=86400",
    });
  });
}
