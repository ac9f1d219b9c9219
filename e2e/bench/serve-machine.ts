import { once } from "node:events";
import { createServer } from "node:http";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { env, setRuntime } from "#lib/env.ts";
import { maintainTraces } from "#lib/traces/maintain.ts";

/**
 * The server without its pages: the same machine API over the same embedded database in STEMMA_DATA_DIR, whose
 * start takes a fraction of a second. STEMMA_SECRET comes with its environment; it sends its parent
 * `{ port, databaseUrl }` once it listens on PORT. With `--wait` it loads its code and starts when it is told to; with
 * `--receiver` it answers OTLP alone, for whoever starts it a hundred times.
 */
process.on("disconnect", () => process.exit(0));
const api = process.argv.includes("--receiver")
  ? (await import("#lib/http/routes/otlp.ts")).otlpRoutes
  : (await import("#lib/http/api.ts")).api;
// Who will be killed can't leave it behind at its end.
flushCompileCache();
if (process.argv.includes("--wait")) await once(process, "message");
const { dataDir, secretHex, port } = env();
const { url } = await startEmbedded({
  folder: join(dataDir, "postgres"),
  password: secretHex!.slice(0, 32),
});
setRuntime({ databaseUrl: url });
await migrate(url);
const server = createServer(getRequestListener(api.fetch, { overrideGlobalObjects: false }));
server.keepAliveTimeout = 75_000;
server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address ? address.port : 0, databaseUrl: url });
});
await maintainTraces();
