import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import OpenAI from "openai";
import type { CompiledAssignment } from "#lib/abtests/assign-and-compile.ts";
import { toOpenAi } from "#lib/models/parameters.ts";
import { randomStream } from "#lib/stats/random.ts";
import type { Api } from "./api.ts";
import { atOnce } from "./at-once.ts";
import type { Combination } from "./evaluation.ts";
import type { FactItem } from "./facts.ts";
import { chooseProvider } from "./models.ts";
import { names } from "./story.ts";
import type { Terminal } from "./terminal.ts";

export type TrafficSize = { gatewayUnits: number; otlpUnits: number; questionsPerUnit: number };

export const demoTraffic: TrafficSize = { gatewayUnits: 700, otlpUnits: 400, questionsPerUnit: 3 };

type Asked = { unit: string; fact: FactItem };
type Feedback = { traceId: string; name: string; value: boolean; source: "api" };

/**
 * Two applications ask questions for their users. The first calls the deployment with the stock `openai` client;
 * the second asks Stemma only which variant a user gets, calls the provider itself and exports its spans by OTLP.
 * Most users then say whether the answer helped: it did if it was right and short.
 */
export async function sendTraffic(
  api: Api,
  terminal: Terminal,
  best: [Combination, Combination],
  facts: FactItem[],
  size: TrafficSize = demoTraffic,
): Promise<void> {
  await deploy(api, best);
  const random = randomStream(20261123);
  const questionsOf = (units: string[]): Asked[] =>
    units.flatMap((unit) =>
      Array.from({ length: size.questionsPerUnit }, () => ({
        unit,
        fact: facts[Math.floor(random.uniform() * facts.length)]!,
      })),
    );
  const givesFeedback = () => random.uniform() < 0.8;
  const feedback: Feedback[] = [];
  const note = (traceId: string, answer: string, fact: FactItem) => {
    if (givesFeedback())
      feedback.push({ traceId, name: "helpful", value: isHelpful(answer, fact), source: "api" });
  };

  const site = questionsOf(Array.from({ length: size.gatewayUnits }, (_, index) => `site-${index}`));
  await askThroughDeployment(api, site, note, (done) =>
    terminal.bar("through the deployment", done, site.length),
  );

  const app = questionsOf(Array.from({ length: size.otlpUnits }, (_, index) => `app-${index}`));
  await askAndExport(api, app, note, (done) =>
    terminal.bar("by a second app, exported as OTLP", done, app.length),
  );

  for (let start = 0; start < feedback.length; start += 500) {
    await api.post("/api/v1/scores", feedback.slice(start, start + 500));
    terminal.bar("ratings by users", Math.min(start + 500, feedback.length), feedback.length);
  }
}

async function deploy(api: Api, [control, treatment]: [Combination, Combination]): Promise<void> {
  const variant = ({ promptVersionId, modelVersionId, promptNumber, modelName }: Combination) => ({
    name: `version ${promptNumber} on ${modelName}`,
    promptVersionId,
    modelVersionId,
  });
  await api.post("/api/v1/ab-tests", {
    key: names.abTest,
    name: "The better of the two best candidates",
    hypothesis: "What the evaluation put first helps more people in production too.",
    variants: [variant(control), variant(treatment)],
    metrics: {
      success: [{ metric: "score:helpful", mde: { kind: "absolute", value: 0.05 } }],
      guardrails: [{ metric: "error_rate", margin: { kind: "absolute", value: 0.02 } }],
      exploratory: [{ metric: "latency_ms.p50" }, { metric: "latency_ms.p95" }, { metric: "cost_usd" }],
    },
    // The demo's week lasts a minute.
    design: { preset: "better_quality", minimumDays: 0 },
  });
  await api.post(`/api/v1/ab-tests/${names.abTest}/start`, {});
  await api.post("/api/v1/deployments", { name: names.deployment, abTestKey: names.abTest });
}

/**
 * The winner against itself: an honest report finds nothing here, however often one looks. Fewer users ask, so it is
 * not shown either that nothing differs.
 */
export async function sendTrafficToTwins(
  api: Api,
  terminal: Terminal,
  twin: Combination,
  facts: FactItem[],
): Promise<void> {
  const { promptVersionId, modelVersionId } = twin;
  await api.post("/api/v1/ab-tests", {
    key: names.twins,
    name: "The winner against itself",
    hypothesis: "The same served twice: whatever this shows is chance.",
    variants: [
      { name: "once", promptVersionId, modelVersionId },
      { name: "and again", promptVersionId, modelVersionId },
    ],
    metrics: {
      success: [{ metric: "score:helpful", mde: { kind: "absolute", value: 0.02 } }],
      guardrails: [{ metric: "error_rate", margin: { kind: "absolute", value: 0.02 } }],
      exploratory: [{ metric: "latency_ms.p50" }, { metric: "cost_usd" }],
    },
    design: { preset: "better_quality", minimumDays: 0 },
  });
  await api.post(`/api/v1/ab-tests/${names.twins}/start`, { acceptsWarnings: true });
  await api.post("/api/v1/deployments", { name: names.twinsDeployment, abTestKey: names.twins });
  const random = randomStream(20261124);
  const questions = Array.from({ length: 600 }, (_, index) => ({
    unit: `twin-${index % 300}`,
    fact: facts[Math.floor(random.uniform() * facts.length)]!,
  }));
  const feedback: Feedback[] = [];
  const note = (traceId: string, answer: string, fact: FactItem) =>
    feedback.push({ traceId, name: "helpful", value: isHelpful(answer, fact), source: "api" });
  await askThroughDeployment(
    api,
    questions,
    note,
    (done) => terminal.bar("to the same variant twice", done, questions.length),
    names.twinsDeployment,
  );
  await api.post("/api/v1/scores", feedback);
}

type Note = (traceId: string, answer: string, fact: FactItem) => void;

async function askThroughDeployment(
  api: Api,
  questions: Asked[],
  note: Note,
  onDone: (done: number) => void,
  deployment: string = names.deployment,
): Promise<void> {
  const client = new OpenAI({ baseURL: `${api.origin}/v1`, apiKey: api.key });
  await atOnce(
    questions,
    24,
    async ({ unit, fact }, index) => {
      const request = {
        model: deployment,
        messages: [],
        metadata: { unit, variables: JSON.stringify(fact.input) },
      };
      if (index % 2 === 0) {
        const { data, response } = await client.chat.completions.create(request).withResponse();
        note(response.headers.get("x-stemma-trace-id")!, data.choices[0]?.message.content ?? "", fact);
        return;
      }
      const { data, response } = await client.chat.completions
        .create({ ...request, stream: true })
        .withResponse();
      let answer = "";
      for await (const chunk of data) answer += chunk.choices[0]?.delta.content ?? "";
      note(response.headers.get("x-stemma-trace-id")!, answer, fact);
    },
    onDone,
  );
}

async function askAndExport(
  api: Api,
  questions: Asked[],
  note: Note,
  onDone: (done: number) => void,
): Promise<void> {
  const provider = chooseProvider(api.origin);
  const client = new OpenAI({ baseURL: provider.baseUrl, apiKey: provider.apiKey });
  const exporter = new OTLPTraceExporter({
    url: `${api.origin}/v1/traces`,
    headers: { authorization: `Bearer ${api.key}` },
  });
  const tracing = new NodeTracerProvider({
    resource: resourceFromAttributes({
      "service.name": "quiz-app",
      "deployment.environment.name": "production",
    }),
    spanProcessors: [new BatchSpanProcessor(exporter, { maxExportBatchSize: 256, maxQueueSize: 8192 })],
  });
  const tracer = tracing.getTracer("quiz-app");

  await atOnce(
    questions,
    24,
    async ({ unit, fact }) => {
      const assignment = await api.post<CompiledAssignment>(`/api/v1/ab-tests/${names.abTest}/assign`, {
        unit,
        variables: fact.input,
      });
      const name = `chat ${assignment.model.providerModel}`;
      await tracer.startActiveSpan(name, { kind: SpanKind.CLIENT }, context.active(), async (span) => {
        const answer = await callModel(client, assignment, span, unit);
        note(span.spanContext().traceId, answer, fact);
      });
    },
    onDone,
  );
  await tracing.forceFlush();
  await tracing.shutdown();
  trace.disable();
}

async function callModel(
  client: OpenAI,
  assignment: CompiledAssignment,
  span: Span,
  unit: string,
): Promise<string> {
  const model = assignment.model.providerModel;
  const messages = assignment.messages as OpenAI.ChatCompletionMessageParam[];
  span.setAttributes({
    ...(assignment.spanAttributes as Attributes),
    "gen_ai.operation.name": "chat",
    "user.id": unit,
    "gen_ai.input.messages": JSON.stringify(messages.map(toParts)),
  });
  try {
    const answer = await client.chat.completions.create({
      ...toOpenAi(assignment.parameters),
      model,
      messages,
      stream: false,
    });
    const text = answer.choices[0]?.message.content ?? "";
    span.setAttributes({
      "gen_ai.response.model": answer.model,
      "gen_ai.response.id": answer.id,
      "gen_ai.response.finish_reasons": answer.choices.map((choice) => choice.finish_reason),
      "gen_ai.usage.input_tokens": answer.usage?.prompt_tokens ?? 0,
      "gen_ai.usage.output_tokens": answer.usage?.completion_tokens ?? 0,
      "gen_ai.output.messages": JSON.stringify([toParts({ role: "assistant", content: text })]),
    });
    return text;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    span.setAttribute("error.type", error instanceof OpenAI.APIError ? String(error.status) : "unknown");
    return "";
  } finally {
    span.end();
  }
}

function toParts(message: { role: string; content?: unknown }) {
  return { role: message.role, parts: [{ type: "text", content: message.content }] };
}

function isHelpful(answer: string, fact: FactItem): boolean {
  const said = answer.toLowerCase();
  return answer.length < 200 && fact.expected.some((expected) => said.includes(expected.toLowerCase()));
}
