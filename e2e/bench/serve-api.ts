import { createServer } from "node:http";
import { answerMachine } from "#lib/http/listener.ts";

/**
 * A process that answers the machine API, as lib/server does but without pages and workers. DATABASE_URL and
 * STEMMA_SECRET come with its environment; it sends its parent `{ port }` once it listens.
 */
const server = createServer(answerMachine);
server.keepAliveTimeout = 75_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address ? address.port : 0 });
});
process.on("disconnect", () => process.exit(0));
