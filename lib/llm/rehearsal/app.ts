import { type Context, Hono } from "hono";
import { env } from "#lib/env.ts";
import { answerChat } from "./chat.ts";
import { parseChatRequest } from "./chat-request.ts";
import { answerEmbeddings } from "./embeddings.ts";
import { RehearsalError } from "./errors.ts";
import { embeddingModelId, findRehearsalModel, type RehearsalModel, rehearsalModels } from "./models.ts";
import { freshDraws } from "./random.ts";
import { answerResponses } from "./responses.ts";

/*
 * The rehearsal provider: an OpenAI-compatible server whose models are simulated, so that everything around a model
 * (prompts, evaluations, A/B tests, traces, costs, failures) can be tried and tested with no key and no network.
 *
 * What is real: the protocol (chat completions whole and streamed, responses, embeddings, models, errors in OpenAI's
 * shape), token counts (o200k_base), sampling (softmax with temperature, nucleus, seed), stop strings, limits,
 * penalties, log-probabilities of the decisions, JSON that fits a given schema, the time everything takes.
 *
 * What is simulated:
 * - Knowledge. Facts are those of the npm package world-countries. Asked for one in free words (question.ts), a model
 *   hesitates between the truth and what is true of countries nearby (recall.ts). The truth leads by
 *       knowledge + unevenness·N(fact) + familiarity(country) + what the prompt helps + a little of its wording,
 *   in logits. N(fact) is fixed for a model and fact: like a real model it knows or does not know a thing, and says
 *   the same wrong answer each time at temperature 0. Temperature and top_p then do to these logits what they do to a
 *   real model's, so more temperature means more wrong answers.
 * - Prompts. A prompt helps by saying what helps real models: who the model is, which form of a name is wanted, what
 *   to do in doubt, examples (as text or as earlier turns), and to think or check first, which also costs tokens.
 *   The form of the answer follows the prompt ("only the name", "as JSON", "in upper case") as often as the model is
 *   obedient; otherwise it is a chatty sentence, and JSON comes in a code fence.
 * - Everything else is answered by a chain of word pairs (prose.ts), which reads like text and says nothing.
 * - Time. Time to first token and per token are lognormal per model. Header `x-rehearsal-speed: 50`, the model name
 *   `rehearsal-small@50x`, or REHEARSAL_SPEED divide every wait.
 * - Failure. rehearsal-flaky answers 8 % of calls with 429 and Retry-After, 4 % with 500.
 *
 * Nothing a rehearsal model says is evidence about a real model.
 */
export const rehearsalApp = new Hono();

rehearsalApp.post("/v1/chat/completions", async (c) => {
  const request = parseChatRequest(await readJson(c));
  const { model, speed } = findModel(c, request.model);
  failSometimes(model, speed);
  return answerChat(request, model, speed, c.req.raw.signal);
});

rehearsalApp.post("/v1/responses", async (c) => {
  const find = (name: string) => {
    const found = findModel(c, name);
    failSometimes(found.model, found.speed);
    return found;
  };
  return answerResponses(await readJson(c), find, c.req.raw.signal);
});

rehearsalApp.post("/v1/embeddings", async (c) => answerEmbeddings(await readJson(c)));

const modelIds = [...rehearsalModels.map((model) => model.id), embeddingModelId];
const describeModel = (id: string) => ({
  id,
  object: "model",
  created: 1_790_000_000,
  owned_by: "rehearsal",
});

rehearsalApp.get("/v1/models", (c) => c.json({ object: "list", data: modelIds.map(describeModel) }));

rehearsalApp.get("/v1/models/:id", (c) => {
  const id = c.req.param("id");
  if (!modelIds.includes(id)) throw noSuchModel(id);
  return c.json(describeModel(id));
});

rehearsalApp.all("*", (c) =>
  new RehearsalError(404, `Invalid URL (${c.req.method} ${c.req.path})`, {
    code: "unknown_url",
  }).toResponse(),
);

rehearsalApp.onError((error, c) => {
  if (error instanceof RehearsalError) return error.toResponse();
  // The caller went away: no one reads this answer.
  if (c.req.raw.signal.aborted) return new Response(null, { status: 499 });
  console.error("rehearsal provider:", error);
  return new RehearsalError(500, "The rehearsal provider failed.", { type: "server_error" }).toResponse();
});

const bodyLimitBytes = 8 * 1024 * 1024;

async function readJson(c: Context): Promise<unknown> {
  if (Number(c.req.header("content-length") ?? 0) > bodyLimitBytes) {
    throw new RehearsalError(413, `The request body may have at most ${bodyLimitBytes} bytes.`);
  }
  try {
    return JSON.parse(await c.req.text());
  } catch {
    throw new RehearsalError(400, "We could not parse the JSON body of your request.");
  }
}

function findModel(c: Context, name: string): { model: RehearsalModel; speed: number } {
  const found = findRehearsalModel(name);
  if (!found) throw noSuchModel(name);
  const header = Number(c.req.header("x-rehearsal-speed"));
  return { model: found.model, speed: header > 0 ? header : (found.speed ?? env().rehearsalSpeed) };
}

function noSuchModel(name: string): RehearsalError {
  return new RehearsalError(404, `The model '${name}' does not exist or you do not have access to it.`, {
    param: "model",
    code: "model_not_found",
  });
}

// Never seeded: a retry must be able to succeed.
function failSometimes(model: RehearsalModel, speed: number): void {
  const draw = freshDraws()();
  if (draw < model.refusedShare) {
    throw new RehearsalError(429, "Rate limit reached for rehearsal-flaky. Please try again in 1s.", {
      type: "rate_limit_error",
      code: "rate_limit_exceeded",
      retryAfterS: Math.max(1 / speed, 0.001),
    });
  }
  if (draw < model.refusedShare + model.failedShare) {
    throw new RehearsalError(
      500,
      "The server had an error while processing your request. Sorry about that!",
      {
        type: "server_error",
      },
    );
  }
}
