import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import type { DatasetItem } from "#lib/datasets/schema.ts";
import type { ChatRequest, ChatResult } from "#lib/llm/schema.ts";
import { priceOf } from "#lib/models/pricing.ts";
import { inlineImages } from "#lib/prompts/images.ts";
import { compile } from "#lib/prompts/template.ts";
import { toChatRequest } from "#lib/prompts/to-chat-request.ts";
import type { Span } from "#lib/traces/span.ts";
import type { CallModel, CallOutcome } from "./call-model.ts";
import { callSpan, outputText } from "./call-span.ts";
import { evaluate } from "./evaluators/evaluate.ts";
import type { Sample } from "./evaluators/judgment.ts";
import type { AskJudge } from "./evaluators/llm-judge.ts";
import { isCorrectness } from "./metrics.ts";
import type { OpenModel, PreparedCandidate, PreparedEvaluation } from "./prepare.ts";
import type { ResultRow } from "./store/write-results.ts";

export type ItemTask = { candidate: PreparedCandidate; item: DatasetItem; repeat: number };
export type ItemOutcome = { result: ResultRow; spans: Span[] };

/**
 * Asks one candidate about one item and scores the answer. What fails becomes a result with status `error`: it
 * counts as 0 in every score of correctness, and not at all in latency and cost. Rejects only when canceled.
 */
export async function runItem(
  evaluation: PreparedEvaluation,
  task: ItemTask,
  call: CallModel,
): Promise<ItemOutcome> {
  const { candidate, item, repeat } = task;
  const { prompt, model } = candidate;
  const variables = toVariables(item.input);
  const compiled = compile(prompt.content, variables);
  const request: ChatRequest = toChatRequest(prompt.content, compiled.messages, {
    model: model.version.providerModel,
    parameters: candidate.parameters,
  });
  const fault = compiled.problems.find((problem) => problem.severity === "error");
  const sent = { ...request, messages: await inlineImages(evaluation.ctx.projectId, request.messages) };
  const outcome = fault ? refused(fault.message) : await call(model.connection, sent);
  const costUsd = outcome.status === "ok" ? costOf(evaluation, model, outcome.result) : null;
  const ids = { traceId: newTraceId(), spanId: newSpanId() };
  const itemMetadata: JsonObject = {
    evaluationId: evaluation.id,
    evaluationName: evaluation.name,
    candidateId: candidate.id,
    datasetVersionId: evaluation.datasetVersion.id,
    itemId: item.id,
    itemKey: item.key,
    repeat,
  };
  const span = callSpan({
    ...ids,
    name: `evaluate ${prompt.name}`,
    provider: model.connection.provider,
    modelVersionId: model.version.id,
    request,
    parameters: candidate.parameters as JsonObject,
    prompt: { name: prompt.name, version: String(prompt.number), versionId: prompt.id },
    variables,
    metadata: itemMetadata,
    startedAtMs: outcome.startedAtMs,
    endedAtMs: outcome.endedAtMs,
    costUsd,
    outcome,
  });
  const judgeSpans: Span[] = [];
  const ask = judgeOf(evaluation, { traceId: ids.traceId, metadata: itemMetadata }, call, judgeSpans);
  const answer = outcome.status === "ok" ? outcome.result : null;
  const facts = {
    candidateId: candidate.id,
    itemId: item.id,
    repeat,
    attempts: outcome.attempts,
    ...ids,
  };
  if (!answer || outcome.status === "error") {
    const { errorType, errorMessage } = outcome as CallOutcome & { status: "error" };
    const result = { ...facts, ...noAnswer, errorType, errorMessage, scores: failedScores(evaluation) };
    return { result, spans: [span] };
  }
  const output = outputText(answer);
  const { expected } = item;
  const { latencyMs } = answer;
  const scores = await scoresOf(evaluation, { input: item.input, expected, output, latencyMs, costUsd }, ask);
  const result: ResultRow = {
    ...facts,
    status: "ok",
    output,
    finishReason: answer.finishReason,
    errorType: null,
    errorMessage: null,
    latencyMs,
    timeToFirstTokenMs: answer.timeToFirstTokenMs,
    inputTokens: answer.usage.inputTokens,
    outputTokens: answer.usage.outputTokens,
    costUsd,
    scores,
  };
  return { result, spans: [span, ...judgeSpans] };
}

/** An object's members are the variables; any other input is the variable `input`. */
export function toVariables(input: Json): JsonObject {
  return typeof input === "object" && input !== null && !Array.isArray(input) ? input : { input };
}

async function scoresOf(evaluation: PreparedEvaluation, sample: Sample, ask: AskJudge) {
  return Promise.all(
    evaluation.evaluators.map(async (config) => {
      const judgment = await evaluate(config, sample, ask);
      const value = judgment.status === "scored" ? judgment.value : null;
      return { name: config.name, value, reason: judgment.reason };
    }),
  );
}

function failedScores(evaluation: PreparedEvaluation) {
  return evaluation.evaluators
    .filter(isCorrectness)
    .map(({ name }) => ({ name, value: 0, reason: "The call failed." }));
}

const noAnswer = {
  status: "error" as const,
  output: null,
  finishReason: null,
  latencyMs: null,
  timeToFirstTokenMs: null,
  inputTokens: null,
  outputTokens: null,
  costUsd: null,
};

function refused(message: string): CallOutcome {
  const at = Date.now();
  return {
    attempts: 0,
    startedAtMs: at,
    endedAtMs: at,
    status: "error",
    errorType: "template",
    errorMessage: message,
  };
}

function costOf(evaluation: PreparedEvaluation, model: OpenModel, result: ChatResult): number | null {
  const at = new Date();
  const byAnswer = priceOf(result.usage, result.model, at, evaluation.prices);
  return byAnswer ?? priceOf(result.usage, model.version.providerModel, at, evaluation.prices);
}

/**
 * A judge's call is a trace of its own that names the one it judges: as a child it would make the judged call an
 * inner span, whose tokens and latency no sum counts, and add the judge's cost to the candidate's trace.
 */
function judgeOf(
  evaluation: PreparedEvaluation,
  of: { traceId: string; metadata: JsonObject },
  call: CallModel,
  spans: Span[],
): AskJudge {
  return async (config, messages) => {
    const model = evaluation.judges.get(config.modelVersionId);
    if (!model) throw new Error("The judge's model version is missing.");
    const request = { model: model.version.providerModel, messages, temperature: 0 };
    const outcome = await call(model.connection, request);
    spans.push(
      callSpan({
        traceId: newTraceId(),
        spanId: newSpanId(),
        name: `judge ${config.name}`,
        provider: model.connection.provider,
        modelVersionId: model.version.id,
        request,
        parameters: { temperature: 0 },
        prompt: null,
        variables: null,
        metadata: { ...of.metadata, evaluator: config.name, judgedTraceId: of.traceId },
        startedAtMs: outcome.startedAtMs,
        endedAtMs: outcome.endedAtMs,
        costUsd: outcome.status === "ok" ? costOf(evaluation, model, outcome.result) : null,
        outcome,
      }),
    );
    if (outcome.status === "error") throw new Error(`The judge failed: ${outcome.errorMessage}`);
    return outputText(outcome.result);
  };
}
