import type { Json } from "#lib/core/json.ts";
import type { Message, Span } from "#lib/traces/span.ts";

/** What a span says of a call, in a form that two spans of the same call share: no ids, no times. */
export type Facts = {
  operation: string;
  provider: string | null;
  requestModel: string | null;
  responseModel: string | null;
  hasResponseId: boolean;
  parameters: Record<string, unknown>;
  input: string[];
  output: string[];
  /** Names of the tools offered. */
  tools: string[];
  finishReasons: string[];
  tokens: { input: number | null; output: number | null; cached: number | null; reasoning: number | null };
  hasCost: boolean;
  hasTimeToFirstToken: boolean;
  error: string | null;
  prompt: string | null;
  userId: string | null;
  sessionId: string | null;
  tags: string[];
};

export function factsOf(span: Span): Facts {
  const { usage } = span;
  return {
    operation: span.operation,
    provider: span.provider,
    requestModel: span.requestModel,
    responseModel: span.responseModel,
    hasResponseId: Boolean(span.responseId),
    parameters: span.parameters,
    input: lines(span.inputMessages),
    output: lines(span.outputMessages),
    tools: (span.tools ?? []).map(toolName),
    finishReasons: span.finishReasons,
    tokens: {
      input: usage.inputTokens,
      output: usage.outputTokens,
      cached: usage.cachedInputTokens,
      reasoning: usage.reasoningOutputTokens,
    },
    hasCost: span.cost.usd !== null,
    hasTimeToFirstToken: span.timeToFirstTokenMs !== null,
    error: span.status === "error" ? (span.errorType ?? "unknown") : null,
    prompt: span.prompt && `${span.prompt.name} ${span.prompt.version}`,
    userId: span.userId,
    sessionId: span.sessionId,
    tags: span.tags,
  };
}

/** Each message as a line: who, and what. */
function lines(messages: Message[] | null): string[] {
  return (messages ?? []).map(({ role, parts }) => `${role}: ${parts.map(line).join(" | ")}`);
}

function line(part: Message["parts"][number]): string {
  if (part.type === "text" || part.type === "reasoning") return part.text;
  if (part.type === "tool_call") return `${part.name}(${JSON.stringify(part.arguments)})`;
  return part.type;
}

function toolName(tool: Json): string {
  const { name, function: described } = tool as { name?: string; function?: { name: string } };
  return described?.name ?? name ?? "?";
}
