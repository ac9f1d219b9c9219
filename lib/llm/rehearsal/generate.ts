import { canonicalJson, type Json, type JsonObject } from "#lib/core/json.ts";
import { loadTokenizer, splitTokens } from "../tokens.ts";
import { deliberation, jsonFields, plainSegment, type Segment, writeAnswer } from "./answer.ts";
import type { ChatRequestIn } from "./chat-request.ts";
import { attributes } from "./facts.ts";
import { maxOutputTokens, type RehearsalModel } from "./models.ts";
import { textOf } from "./prompt.ts";
import { writeProse } from "./prose.ts";
import { type Question, readQuestion, readStyle, type Style } from "./question.ts";
import { type Draw, drawsOf, freshDraws, normal } from "./random.ts";
import { type Candidate, recall } from "./recall.ts";
import { type Sampling, sample } from "./sample.ts";
import { type Fill, type Schema, valueForSchema } from "./schema-value.ts";
import { decideToolCall, fillFromText, sayToolResult, type ToolCall } from "./tool-call.ts";

export type Token = { text: string; logprob: number; alternatives: { text: string; logprob: number }[] };

/** One generated answer, before it takes any time. */
export type Choice = {
  tokens: Token[];
  toolCall: ToolCall | null;
  reasoningTokens: number;
  finishReason: "stop" | "length" | "tool_calls";
};

/**
 * Generates answer number `index` of a request. With a `seed` the same request gives the same answer; without,
 * every call draws anew.
 */
export async function generateChoice(
  request: ChatRequestIn,
  model: RehearsalModel,
  index: number,
): Promise<Choice> {
  const tokenizer = await loadTokenizer();
  const draw = drawsFor(request, model, index);
  const sampling = { temperature: request.temperature ?? 1, topP: request.top_p ?? 1 };
  const reasoningTokens = drawReasoningTokens(request.reasoning_effort ?? null, draw);
  const limit = (request.max_completion_tokens ?? request.max_tokens ?? maxOutputTokens) - reasoningTokens;

  const toolCall = decideToolCall(request);
  if (toolCall) {
    const tokens = splitTokens(tokenizer, toolCall.arguments).map((text) => ({ ...plainSegment(text) }));
    return cut({ tokens, toolCall, reasoningTokens, finishReason: "tool_calls" }, limit);
  }

  const segments = writeContent(request, model, sampling, draw);
  const whole = segments.map((segment) => segment.text).join("");
  const text = cutAtStop(whole, [request.stop ?? []].flat());
  const tokens = alignTokens(splitTokens(tokenizer, text), segments);
  return cut({ tokens, toolCall: null, reasoningTokens, finishReason: "stop" }, limit);
}

function writeContent(
  request: ChatRequestIn,
  model: RehearsalModel,
  sampling: Sampling,
  draw: Draw,
): Segment[] {
  const { messages } = request;
  const format = request.response_format?.type ?? "text";
  const toolResult = sayToolResult(messages);
  const question = toolResult === null ? readQuestion(messages) : null;
  const style = readStyle(messages);

  if (request.response_format?.type === "json_schema") {
    const schema = request.response_format.json_schema.schema ?? { type: "object" };
    return [jsonBySchema(schema, request, model, question, style, sampling, draw)];
  }
  if (toolResult !== null)
    return [plainSegment(format === "json_object" ? JSON.stringify({ answer: toolResult }) : toolResult)];
  if (question) {
    const candidates = recall(model, question, style, messages, request.reasoning_effort ?? null);
    if (format !== "json_object") return writeAnswer(model, question, style, candidates, sampling, draw);
    const { values, segment } = drawValues(candidates, sampling, draw);
    return [{ ...segment, text: JSON.stringify(jsonFields(values, question, style.jsonKeys)) }];
  }
  const prose = writeProse(
    messages,
    {
      ...sampling,
      frequencyPenalty: request.frequency_penalty ?? 0,
      presencePenalty: request.presence_penalty ?? 0,
    },
    draw,
  );
  if (format !== "json_object" && !style.wantsJson) return prose;
  const answer = prose.map((segment) => segment.text).join("");
  const keys = style.jsonKeys.length > 0 ? style.jsonKeys : ["answer"];
  return [plainSegment(JSON.stringify(Object.fromEntries(keys.map((key) => [key, answer]))))];
}

function jsonBySchema(
  schema: Schema,
  request: ChatRequestIn,
  model: RehearsalModel,
  question: Question | null,
  style: Style,
  sampling: Sampling,
  draw: Draw,
): Segment {
  if (!question) {
    const asked = textOf(
      request.messages.findLast((message) => message.role === "user") ?? request.messages.at(-1)!,
    );
    return plainSegment(JSON.stringify(valueForSchema(schema, fillFromText(asked))));
  }
  const candidates = recall(model, question, style, request.messages, request.reasoning_effort ?? null);
  const { values, probability, segment } = drawValues(candidates, sampling, draw);
  return {
    ...segment,
    text: JSON.stringify(valueForSchema(schema, fillFromFact(question, values, probability))),
  };
}

/** Properties are filled by their names: the country, the asked value, other facts of the country, a confidence. */
function fillFromFact(question: Question, values: readonly string[], probability: number): Fill {
  return (property, schema): Json | undefined => {
    const name = property.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
    if (/confiden|probab|certain|score/.test(name)) return Math.round(probability * 100) / 100;
    if (/reason|explanation|thought|rationale|steps/.test(name))
      return deliberation(question).replace(/\n+Answer: $/, "");
    if (question.kind === "fact" && /^country(?:_?name)?$/.test(name)) return question.country.name.common;
    const other = attributes.find(
      (attribute) => attribute.name === name || name.replaceAll("_", " ").match(attribute.asked),
    );
    const shown = other && other !== question.attribute ? other.values(question.country) : values;
    return schema.type === "array" || shown.length > 1 ? [...shown] : shown[0];
  };
}

function drawValues(candidates: readonly Candidate[], sampling: Sampling, draw: Draw) {
  const drawn = sample(
    candidates.map((candidate) => candidate.logit),
    sampling,
    draw,
  );
  const chosen = candidates[drawn.index]!;
  const segment: Segment = { text: "", logprob: drawn.logprob, alternatives: [] };
  return { values: chosen.values, probability: drawn.probabilities[drawn.index]!, segment };
}

/** Hidden thinking, by effort: 60, 160, 400 or 800 tokens, give or take a quarter. */
function drawReasoningTokens(effort: string | null, draw: Draw): number {
  const median = { low: 60, medium: 160, high: 400, xhigh: 800 }[effort ?? ""] ?? 0;
  return Math.round(median * Math.exp(0.25 * normal(draw)));
}

function drawsFor(request: ChatRequestIn, model: RehearsalModel, index: number): Draw {
  if (request.seed === null || request.seed === undefined) return freshDraws();
  const { messages, tools, response_format } = request as unknown as JsonObject;
  return drawsOf(request.seed, model.id, canonicalJson({ messages, tools, response_format }), index);
}

function cutAtStop(text: string, stops: readonly string[]): string {
  const ends = stops.map((stop) => (stop ? text.indexOf(stop) : -1)).filter((position) => position >= 0);
  return ends.length > 0 ? text.slice(0, Math.min(...ends)) : text;
}

function cut(choice: Choice, limit: number): Choice {
  if (choice.tokens.length <= limit) return choice;
  return { ...choice, tokens: choice.tokens.slice(0, Math.max(limit, 0)), finishReason: "length" };
}

/** The token in which a decision begins bears its log-probability; the rest of it follows almost surely. */
function alignTokens(texts: readonly string[], segments: readonly Segment[]): Token[] {
  const starts = new Map<number, Segment>();
  let offset = 0;
  for (const segment of segments) {
    starts.set(offset, segment);
    offset += segment.text.length;
  }
  let position = 0;
  return texts.map((text) => {
    const end = position + text.length;
    const start = [...starts.keys()].find((candidate) => candidate >= position && candidate < end);
    position = end;
    const segment = start === undefined ? undefined : starts.get(start);
    return segment
      ? { text, logprob: segment.logprob, alternatives: segment.alternatives }
      : plainSegment(text);
  });
}
