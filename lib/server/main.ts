import { publicOrigin } from "#lib/env.ts";
import { isSetUp } from "#lib/projects/set-up.ts";
import { startServer } from "./start.ts";

try {
  const server = await startServer();
  const next = (await isSetUp()) ? "" : "  Open it to make the owner's account.";
  console.log(`Stemma is running on ${publicOrigin()}.${next}`);
  stopOnSignal(server.stop);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function stopOnSignal(stop: () => Promise<void>): void {
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, async () => {
      if (isStopping) return;
      isStopping = true;
      console.log("\nStopping …");
      await stop();
      process.exit(0);
    });
  }
}
