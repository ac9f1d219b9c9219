import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import type { Context } from "#lib/core/context.ts";
import { setRuntime } from "#lib/env.ts";
import { answerMachine } from "#lib/http/listener.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";

/** A server with the gateway and the rehearsal provider, as the product runs them. */
export async function startServer(): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = createServer(answerMachine);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  setRuntime({ port });
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A project with a connection to the rehearsal provider, a model with two versions and a prompt with two. */
export async function makeServing(origin: string, baseUrl = "/rehearsal/v1") {
  const { ctx } = await makeProject();
  const connection = await saveConnection(ctx, { name: "rehearsal", provider: "rehearsal", baseUrl });
  const model = await createModel(ctx, { name: "geographer" });
  const version = (providerModel: string) =>
    createModelVersion(ctx, {
      model: model.name,
      connectionId: connection.id,
      providerModel,
      parameters: { maxTokens: 64 },
    });
  const large = await version("rehearsal-large@1000x");
  const small = await version("rehearsal-small@1000x");
  const bare = await savePrompt(ctx, "Answer with only the name.", ["production"]);
  const chatty = await savePrompt(ctx, "Answer the question kindly.");
  const { secretKey } = await makeApiKey(ctx, ["deployments:invoke"]);
  const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: secretKey, maxRetries: 0 });
  return { ctx, connection, model, large, small, bare, chatty, secretKey, client };
}

async function savePrompt(ctx: Context, system: string, labels: string[] = []) {
  const { version } = await saveVersion(ctx, {
    name: "capital question",
    labels,
    content: {
      type: "chat",
      messages: [
        { role: "system", content: system },
        { role: "user", content: "What is the capital of {{country}}?" },
      ],
      variables: [{ name: "country" }],
      parameters: { temperature: 0 },
    },
  });
  return version;
}
