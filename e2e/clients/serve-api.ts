import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setRuntime } from "#lib/env.ts";
import { answerMachine } from "#lib/http/listener.ts";

/** The machine API on a port of its own, in this process. */
export async function serveApi(): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = createServer(answerMachine);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  setRuntime({ port });
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
