import { Ajv2020 } from "ajv/dist/2020.js";
import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import type { ResponseFormat } from "#lib/prompts/schema.ts";
import type { Span } from "#lib/traces/span.ts";

const textFields = [
  "status",
  "error_type",
  "finish_reason",
  "output",
  "input",
  "provider",
  "response_model",
  "name",
  "tag",
  "environment",
  "release",
  "service",
] as const;
const numberFields = [
  "duration_ms",
  "time_to_first_token_ms",
  "cost_usd",
  "input_tokens",
  "output_tokens",
  "cached_input_tokens",
  "reasoning_output_tokens",
  "output_characters",
] as const;

const condition = z.union([
  z.object({
    field: z.enum(textFields),
    operator: z.enum(["is", "is_not", "contains"]),
    value: z.string().max(200),
  }),
  z.object({ field: z.enum(numberFields), operator: z.enum(["at_least", "at_most"]), value: z.number() }),
]);

/**
 * A metric of one's own: which of a trace's model calls it is about, and what is made of them per trace. Its id is
 * `custom:NAME`. share: whether any call matches; count: how many do; sum, mean and max: of a number of theirs, absent
 * where no call matches or none has it.
 */
export const customMetric = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, "Lower-case letters, digits and underscore; 1 to 40 characters."),
  where: z.array(condition).max(5, "At most 5 conditions.").default([]),
  aggregate: z.union([
    z.object({ kind: z.enum(["share", "count"]) }),
    z.object({ kind: z.enum(["sum", "mean", "max"]), field: z.enum(numberFields) }),
  ]),
});
export type CustomMetric = z.infer<typeof customMetric>;

export type MeasuredCall = Pick<
  Span,
  | "status"
  | "errorType"
  | "provider"
  | "responseModel"
  | "name"
  | "tags"
  | "environment"
  | "release"
  | "service"
  | "startTimeUs"
  | "endTimeUs"
  | "timeToFirstTokenMs"
  | "cost"
  | "usage"
  | "finishReasons"
  | "inputMessages"
  | "outputMessages"
>;

/** The metric of one trace, from its model calls; null where it has none. Pure. */
export function measureCalls(metric: CustomMetric, calls: readonly MeasuredCall[]): number | null {
  const matching = calls.filter((call) => metric.where.every((each) => isMet(each, call)));
  const { aggregate } = metric;
  if (!("field" in aggregate))
    return aggregate.kind === "count" ? matching.length : Number(matching.length > 0);
  const values = matching.flatMap((call) => numberOf(call, aggregate.field) ?? []);
  if (values.length === 0) return null;
  if (aggregate.kind === "max") return Math.max(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return aggregate.kind === "sum" ? sum : sum / values.length;
}

function isMet(each: Condition, call: MeasuredCall): boolean {
  if (isNumeric(each)) {
    const value = numberOf(call, each.field);
    return value !== null && (each.operator === "at_least" ? value >= each.value : value <= each.value);
  }
  const texts = textsOf(call, each.field);
  if (each.operator === "is_not") return !texts.includes(each.value);
  if (each.operator === "is") return texts.includes(each.value);
  return texts.some((text) => text.toLowerCase().includes(each.value.toLowerCase()));
}

type Condition = z.infer<typeof condition>;

function isNumeric(each: Condition): each is Extract<Condition, { value: number }> {
  return typeof each.value === "number";
}

function textsOf(call: MeasuredCall, field: (typeof textFields)[number]): string[] {
  const one: Record<Exclude<(typeof textFields)[number], "finish_reason" | "tag">, string | null> = {
    status: call.status,
    error_type: call.errorType,
    output: textOf(call.outputMessages),
    input: textOf(call.inputMessages),
    provider: call.provider,
    response_model: call.responseModel,
    name: call.name,
    environment: call.environment,
    release: call.release,
    service: call.service,
  };
  if (field === "finish_reason") return call.finishReasons;
  if (field === "tag") return call.tags;
  return one[field] === null ? [] : [one[field]];
}

function numberOf(call: MeasuredCall, field: (typeof numberFields)[number]): number | null {
  switch (field) {
    case "duration_ms":
      return call.endTimeUs === null ? null : (call.endTimeUs - call.startTimeUs) / 1000;
    case "time_to_first_token_ms":
      return call.timeToFirstTokenMs;
    case "cost_usd":
      return call.cost.usd;
    case "input_tokens":
      return call.usage.inputTokens;
    case "output_tokens":
      return call.usage.outputTokens;
    case "cached_input_tokens":
      return call.usage.cachedInputTokens;
    case "reasoning_output_tokens":
      return call.usage.reasoningOutputTokens;
    case "output_characters":
      return textOf(call.outputMessages)?.length ?? null;
  }
}

/** Beginnings with which models decline, in the words they use; the provider's own word is a finish reason. */
const declines =
  /^\W*(i['’]?m (really |very |so )?sorry,? (but )?|sorry,? (but )?|unfortunately,? |i apologi[sz]e,? (but )?)?(i (can['’]?t|can ?not|won['’]?t|am unable to|am not able to|must decline)|i['’]?m (unable|not able) to|as an ai)\b/i;

/** 1 if the trace's last answer declines to answer, 0 if it answers, null without an answer. Pure. */
export function measureRefusal(calls: readonly MeasuredCall[]): number | null {
  const last = calls.findLast((call) => call.status === "ok");
  if (!last) return null;
  if (last.finishReasons.some((reason) => reason === "content_filter" || reason === "refusal")) return 1;
  const text = textOf(last.outputMessages);
  return text === null ? null : Number(declines.test(text));
}

/**
 * 1 if the trace's last answer has the format that was asked for, else 0; null where plain text was, or a tool is
 * called instead. Pure.
 */
export function measureFormat(calls: readonly MeasuredCall[], format: ResponseFormat): number | null {
  if (format.type === "text") return null;
  const last = calls.findLast((call) => call.status === "ok");
  const text = last ? textOf(last.outputMessages) : null;
  if (text === null) return null;
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return 0;
  }
  if (format.type === "json") return 1;
  return Number(validator(format.schema)?.(value) ?? true);
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false, logger: false });
const validators = new WeakMap<object, ReturnType<Ajv2020["compile"]> | null>();

/** Null for a schema that is none: nothing can be held against an answer then. */
function validator(schema: object): ReturnType<Ajv2020["compile"]> | null {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  let made: ReturnType<Ajv2020["compile"]> | null = null;
  try {
    made = ajv.compile(schema);
  } catch {
    made = null;
  }
  validators.set(schema, made);
  return made;
}

function textOf(messages: Span["inputMessages"]): string | null {
  const texts = (messages ?? []).flatMap((message) =>
    message.parts.flatMap((part) => (part.type === "text" ? part.text : [])),
  );
  return texts.length > 0 ? texts.join("\n") : null;
}
