import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { outputText } from "#lib/evaluations/call-span.ts";
import { acceptSpans } from "#lib/ingest/accept-spans.ts";
import type { ChatRequest, ChatResult, ChatToolCall } from "#lib/llm/schema.ts";
import { priceOf } from "#lib/models/pricing.ts";
import { inlineImages } from "#lib/prompts/images.ts";
import type { ChatMessage } from "#lib/prompts/schema.ts";
import { compile } from "#lib/prompts/template.ts";
import { toChatRequest } from "#lib/prompts/to-chat-request.ts";
import type { Span } from "#lib/traces/span.ts";
import type { CellAnswer, CellMetrics, RunEvent } from "./answer.ts";
import { answererOf, simulationRequest } from "./answer-tool.ts";
import { type Called, type CallHandlers, callOnce } from "./call-once.ts";
import { takeSlot } from "./connection-slots.ts";
import { type ExplainedError, ownError } from "./explain-error.ts";
import type { OpenModel, PreparedCell, PreparedRun } from "./prepare-run.ts";
import { metricsOf } from "./restore-cells.ts";
import { listCellSpans } from "./store/list-cell-spans.ts";
import { toCallSpan, toToolSpan } from "./to-spans.ts";
import { playgroundEnvironment, roundLimit } from "./words.ts";

export type Emit = (event: RunEvent) => Promise<void>;

/**
 * Asks one column about one row: compiles, calls, lets tools be answered as the set-up says and goes on, until there
 * is an answer, a person has to answer a tool, or it fails. Every call is a span, stored before its answer is told.
 * Never rejects.
 */
export async function runCell(
  run: PreparedRun,
  cell: PreparedCell,
  emit: Emit,
  signal: AbortSignal,
): Promise<CellAnswer> {
  const talk = new Talk(run, cell);
  try {
    return await talk.hold(emit, signal);
  } catch (error) {
    if (signal.aborted) return talk.end({ status: "stopped" });
    console.error("playground:", error);
    const failed = ownError(
      "other",
      "The playground failed at this cell.",
      "Run it again; the server's log has the details.",
    );
    return talk.end({ status: "error", error: failed });
  }
}

const noMetrics: CellMetrics = {
  calls: 0,
  latencyMs: null,
  timeToFirstTokenMs: null,
  inputTokens: null,
  outputTokens: null,
  costUsd: null,
};

/** The conversation of one cell. */
class Talk {
  #run: PreparedRun;
  #cell: PreparedCell;
  #since: ChatMessage[];
  #metrics = noMetrics;
  #traceId: string;
  #spanId: string | null = null;
  #seed: number | null;
  #called: Called | null = null;

  constructor(run: PreparedRun, cell: PreparedCell) {
    this.#run = run;
    this.#cell = cell;
    this.#since = cell.since;
    this.#traceId = cell.traceId ?? newTraceId();
    this.#seed = seedOf(run, cell);
  }

  async hold(emit: Emit, signal: AbortSignal): Promise<CellAnswer> {
    const { column, row } = this.#cell;
    const compiled = compile(column.content, row.variables, row.placeholders);
    const fault = compiled.problems.find((problem) => problem.severity === "error");
    if (fault) {
      const advice = "Change the prompt or the variables: nothing was sent.";
      return this.end({ status: "error", error: ownError("template", fault.message, advice) });
    }
    const before = [...compiled.messages, ...row.messages];
    if (before.length === 0) {
      const error = ownError(
        "setup",
        "There is no message to send.",
        "Write a message, or fill the placeholder.",
      );
      return this.end({ status: "error", error });
    }
    await this.#goOnFromBefore();
    for (let round = 1; ; round++) {
      const called = await this.#call([...before, ...this.#since], before.length, round, emit, signal);
      if (called.status === "stopped") return this.end({ status: "stopped" });
      if (called.status === "error") return this.end({ status: "error", error: called.error });
      const calls = callsOf(called.result);
      if (calls.length === 0) return this.end({ status: "done" });
      const answered = await this.#answerTools(calls, [...before, ...this.#since], signal);
      if ("error" in answered) return this.end({ status: "error", error: answered.error, toolCalls: calls });
      if (calls.some((call) => answered.results[call.id] === undefined))
        return this.end({ status: "awaiting", toolCalls: calls, answered: answered.results });
      if (round === roundLimit) {
        const message = `The model called tools ${roundLimit} times in a row; the playground stops there.`;
        const error = ownError(
          "tools",
          message,
          "Set the tool choice to “Auto”, or change what the tool answers.",
        );
        return this.end({ status: "error", error, toolCalls: calls });
      }
      this.#since = [
        ...this.#since,
        { role: "assistant", content: called.text, tool_calls: calls },
        ...calls.map(
          (call): ChatMessage => ({
            role: "tool",
            content: answered.results[call.id]!,
            tool_call_id: call.id,
          }),
        ),
      ];
      await emit({ type: "since", cell: this.#cell.key, since: this.#since });
    }
  }

  end(ended: {
    status: CellAnswer["status"];
    error?: ExplainedError;
    toolCalls?: ChatToolCall[];
    answered?: Record<string, string>;
  }): CellAnswer {
    const { column } = this.#cell;
    const called = this.#called;
    const result = called?.status === "ok" ? called.result : null;
    const isTraced = this.#spanId !== null;
    return {
      status: ended.status,
      since: this.#since,
      text: called?.text ?? "",
      reasoning: called?.reasoning || null,
      toolCalls: ended.toolCalls ?? [],
      answered: ended.answered ?? {},
      finishReason: result?.finishReason ?? null,
      error: ended.error ?? null,
      metrics: this.#metrics,
      seed: this.#seed,
      model: result?.model ?? column.model.version.providerModel,
      promptVersion: column.version && { name: column.version.name, number: column.version.number },
      traceId: isTraced ? this.#traceId : null,
      spanId: this.#spanId,
      mark: column.mark,
    };
  }

  async #call(
    messages: ChatMessage[],
    promptMessageCount: number,
    round: number,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<Called> {
    const { key, column, row } = this.#cell;
    const { model } = column;
    const parameters = { ...column.parameters, ...(this.#seed !== null && { seed: this.#seed }) };
    const request: ChatRequest = toChatRequest(column.content, messages, {
      model: model.version.providerModel,
      parameters,
    });
    const sent = { ...request, messages: await inlineImages(this.#run.ctx.projectId, request.messages) };
    this.#called = null;
    const called = await inSlot(model, signal, async () => {
      await emit({ type: "call", cell: key, round, traceId: this.#traceId });
      return callOnce(model.connection, sent, signal, handlersOf(key, emit));
    });
    const costUsd = called.status === "ok" ? costOf(this.#run, model, called.result) : null;
    const spanId = newSpanId();
    const span = toCallSpan({
      traceId: this.#traceId,
      spanId,
      name: column.version ? `playground ${column.version.name}` : `playground ${model.version.model.name}`,
      model: model.version,
      request,
      version: column.version,
      variables: row.variables,
      metadata: { ...this.#metadata(), round, promptMessageCount },
      called,
      costUsd,
    });
    if (await store(this.#run, [span])) this.#spanId = spanId;
    this.#called = called;
    this.#metrics = withCall(this.#metrics, called, costUsd);
    return called;
  }

  /** The results of the calls that need no person. */
  async #answerTools(
    calls: readonly ChatToolCall[],
    conversation: readonly ChatMessage[],
    signal: AbortSignal,
  ): Promise<{ results: Record<string, string> } | { error: ExplainedError }> {
    const results: Record<string, string> = {};
    const spans: Span[] = [];
    for (const call of calls) {
      const answerer = answererOf(call, this.#run.toolAnswers);
      if (answerer.by === "hand") continue;
      const atMs = Date.now();
      if (answerer.by === "fixture") results[call.id] = answerer.answer;
      else {
        const simulated = await this.#simulate(call, conversation, signal);
        if (simulated.status === "stopped") signal.throwIfAborted();
        if (simulated.status !== "ok") {
          const message = simulated.status === "error" ? simulated.error.message : "Stopped.";
          const advice =
            "The model that plays the tool failed. Choose another one, or answer the tool by hand.";
          return { error: { ...ownError("tools", message, advice) } };
        }
        results[call.id] = outputText(simulated.result);
      }
      const result = results[call.id]!;
      const ids = { traceId: this.#traceId, spanId: newSpanId() };
      spans.push(toToolSpan({ ...ids, call, result, by: answerer.by, atMs, metadata: this.#metadata() }));
    }
    if (spans.length > 0) await store(this.#run, spans);
    return { results };
  }

  /** A trace of its own: in the cell's trace its tokens and cost would count as the cell's. */
  async #simulate(
    call: ChatToolCall,
    conversation: readonly ChatMessage[],
    signal: AbortSignal,
  ): Promise<Called> {
    const { column } = this.#cell;
    const model = this.#run.simulator ?? column.model;
    const request = simulationRequest(model.version.providerModel, call, column.content.tools, conversation);
    const ignore = async () => {};
    const called = await inSlot(model, signal, () =>
      callOnce(model.connection, request, signal, { onText: ignore, onReasoning: ignore, onRetry: ignore }),
    );
    const span = toCallSpan({
      traceId: newTraceId(),
      spanId: newSpanId(),
      name: `simulate ${call.function.name}`,
      model: model.version,
      request,
      version: null,
      variables: null,
      metadata: { ...this.#metadata(), simulatedForTraceId: this.#traceId },
      called,
      costUsd: called.status === "ok" ? costOf(this.#run, model, called.result) : null,
    });
    await store(this.#run, [span]);
    return called;
  }

  /**
   * A conversation that goes on counts what it took before. What a person answered for the tools since the last call
   * belongs into the trace too.
   */
  async #goOnFromBefore(): Promise<void> {
    const { since, traceId } = this.#cell;
    if (!traceId) return;
    this.#metrics = metricsOf((await listCellSpans(this.#run.ctx, [traceId])).spans);
    const asked = since.findLast((message) => message.tool_calls !== undefined);
    if (!asked?.tool_calls) return;
    const results = since.slice(since.indexOf(asked) + 1);
    const spans = asked.tool_calls.flatMap((call) => {
      const result = results.find((message) => message.tool_call_id === call.id);
      const isByHand = answererOf(call, this.#run.toolAnswers).by === "hand";
      if (!result || !isByHand || typeof result.content !== "string") return [];
      const ids = { traceId: this.#traceId, spanId: newSpanId() };
      const facts = {
        call,
        result: result.content,
        by: "hand",
        atMs: Date.now(),
        metadata: this.#metadata(),
      };
      return [toToolSpan({ ...ids, ...facts })];
    });
    if (spans.length > 0) await store(this.#run, spans);
  }

  #metadata(): JsonObject {
    const { column, row, sample } = this.#cell;
    return {
      playgroundRunId: this.#run.runId,
      columnId: column.id,
      rowId: row.id,
      sample,
      ...(row.item && { datasetVersionId: row.item.datasetVersionId, itemKey: row.item.key }),
    };
  }
}

async function inSlot(model: OpenModel, signal: AbortSignal, work: () => Promise<Called>): Promise<Called> {
  const giveBack = await takeSlot(model.version.connection.id, signal);
  try {
    return await work();
  } finally {
    giveBack();
  }
}

function handlersOf(cell: string, emit: Emit): CallHandlers {
  return {
    onText: (text) => emit({ type: "text", cell, text }),
    onReasoning: (text) => emit({ type: "reasoning", cell, text }),
    onRetry: (retry) => void emit({ type: "retry", cell, ...retry }),
  };
}

/** An answer that cannot be traced is still an answer: whoever paid for it gets to see it, without a link. */
async function store({ ctx }: PreparedRun, spans: Span[]): Promise<boolean> {
  try {
    const { rejected } = await acceptSpans(ctx, spans);
    return rejected.length === 0;
  } catch (error) {
    console.error(`${playgroundEnvironment}: the trace was not stored:`, error);
    return false;
  }
}

/** Some providers leave out the ids of calls; results need them. */
function callsOf(result: ChatResult): ChatToolCall[] {
  return result.message.tool_calls
    .filter((call) => call !== undefined)
    .map((call, index) => ({ ...call, id: call.id || `call_${index + 1}` }));
}

function seedOf({ seed }: PreparedRun, { column, sample }: PreparedCell): number | null {
  if (seed.mode === "own") return column.parameters.seed ?? null;
  return seed.mode === "fixed" ? seed.value : seed.value + sample;
}

function costOf({ prices }: PreparedRun, model: OpenModel, result: ChatResult): number | null {
  const at = new Date();
  return (
    priceOf(result.usage, result.model, at, prices) ??
    priceOf(result.usage, model.version.providerModel, at, prices)
  );
}

function withCall(before: CellMetrics, called: Called, costUsd: number | null): CellMetrics {
  const result = called.status === "ok" ? called.result : null;
  const add = (sum: number | null, value: number | null | undefined) =>
    value === null || value === undefined ? sum : (sum ?? 0) + value;
  return {
    calls: before.calls + 1,
    latencyMs: add(before.latencyMs, called.endedAtMs - called.startedAtMs),
    timeToFirstTokenMs: before.calls === 0 ? (result?.timeToFirstTokenMs ?? null) : before.timeToFirstTokenMs,
    inputTokens: add(before.inputTokens, result?.usage.inputTokens),
    outputTokens: add(before.outputTokens, result?.usage.outputTokens),
    costUsd: add(before.costUsd, costUsd),
  };
}
