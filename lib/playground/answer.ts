import type { ChatToolCall } from "#lib/llm/schema.ts";
import type { ChatMessage } from "#lib/prompts/schema.ts";
import type { ExplainedError } from "./explain-error.ts";

/** Tokens, money and time of a cell: the sum of its calls. Missing is null, never 0. */
export type CellMetrics = {
  calls: number;
  latencyMs: number | null;
  /** Of the first call. */
  timeToFirstTokenMs: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
};

/** What a cell holds once its calls are over. Pure types: server and browser alike. */
export type CellAnswer = {
  /** `awaiting`: the model called tools that a person has to answer. */
  status: "done" | "awaiting" | "stopped" | "error";
  /** What was said between the prompt and this answer: tool calls and what the tools said. */
  since: ChatMessage[];
  text: string;
  reasoning: string | null;
  /** Of this answer; those in `answered` have their result already. */
  toolCalls: ChatToolCall[];
  /** By the call's id. */
  answered: Record<string, string>;
  finishReason: string | null;
  error: ExplainedError | null;
  metrics: CellMetrics;
  seed: number | null;
  /** As the provider names the model that answered. */
  model: string | null;
  /** The saved version that has exactly this content. */
  promptVersion: { name: string; number: number } | null;
  /** Null where no call was made. */
  traceId: string | null;
  spanId: string | null;
  mark: string;
};

/** One line of a run's stream. `cell` is a cell's key. */
export type RunEvent =
  | { type: "run"; runId: string; cells: string[] }
  | { type: "call"; cell: string; round: number; traceId: string }
  | { type: "text"; cell: string; text: string }
  | { type: "reasoning"; cell: string; text: string }
  /** The call is tried again after `waitS` seconds. */
  | { type: "retry"; cell: string; attempt: number; waitS: number; message: string }
  /** Tools were answered without the person, and the conversation goes on. */
  | { type: "since"; cell: string; since: ChatMessage[] }
  | { type: "answer"; cell: string; answer: CellAnswer }
  | { type: "end" };
