import { rmSync } from "node:fs";
import { resolve } from "node:path";

/**
 * `npm run demo`: the product on a scratch database, with the main job played through its public interfaces; then
 * it keeps serving. With OPENAI_API_KEY (and OPENAI_BASE_URL) it uses real models, else the rehearsal provider.
 */
const dataDir = resolve(process.env.STEMMA_DEMO_DIR ?? ".stemma/demo");
process.env.STEMMA_DATA_DIR = dataDir;
process.env.DATABASE_URL = "";
process.env.REHEARSAL_SPEED ??= "25";

const { startServer } = await import("#lib/server/start.ts");
const { publicOrigin } = await import("#lib/env.ts");
const { setUp } = await import("#lib/projects/set-up.ts");
const { makeSignInLink } = await import("#lib/projects/auth.ts");
const { makeTerminal } = await import("./terminal.ts");
const { playStory } = await import("./story.ts");

const owner = { name: "Demo owner", email: "demo@example.com", projectName: "Geography quiz" };

try {
  await stopLeftover();
  const terminal = makeTerminal();
  terminal.step("Starting the server and an embedded PostgreSQL on a scratch database");
  const server = await startServer();
  process.on("SIGINT", () => void server.stop().then(() => process.exit(0)));
  process.on("SIGTERM", () => void server.stop().then(() => process.exit(0)));

  const password = crypto.randomUUID();
  const { key, project } = await setUp({ ...owner, password });
  const origin = `http://127.0.0.1:${server.port}`;
  const { abTestKey, twinsKey, evaluationId, verdict, twinsVerdict } = await playStory({
    origin,
    key: key.secretKey,
    terminal,
  });

  const pages = `${publicOrigin()}/${project.slug}`;
  console.log(`
${verdict}

The A/A test beside it: ${twinsVerdict}

  Evaluation   ${pages}/evaluations/${evaluationId}
  Traces       ${pages}/traces
  A/B report   ${pages}/ab-tests/${abTestKey}
  A/A report   ${pages}/ab-tests/${twinsKey}

  Sign in once ${await makeSignInLink(owner.email, `/${project.slug}/ab-tests/${abTestKey}`)}

Still serving on ${publicOrigin()}; Ctrl-C stops it.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** A demo that was killed left its database running: stop that one, then begin from nothing. */
async function stopLeftover(): Promise<void> {
  const { discardEmbedded } = await import("#lib/db/embedded.ts");
  await discardEmbedded(resolve(dataDir, "postgres"));
  rmSync(dataDir, { recursive: true, force: true });
}
