import { z } from "zod";
import { RehearsalError } from "./errors.ts";

const part = z.looseObject({ type: z.string(), text: z.string().optional() });

const message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(part)]).nullish(),
  name: z.string().optional(),
  tool_call_id: z.string().optional(),
  tool_calls: z
    .array(
      z.looseObject({
        id: z.string(),
        type: z.string(),
        function: z.looseObject({ name: z.string(), arguments: z.string() }),
      }),
    )
    .optional(),
});
export type ChatMessageIn = z.infer<typeof message>;

const jsonSchemaObject = z.record(z.string(), z.unknown());

const tool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
    description: z.string().optional(),
    parameters: jsonSchemaObject.optional(),
  }),
});
export type ToolIn = z.infer<typeof tool>;

/** What a chat-completions body may say; fields that the simulation has no use for are accepted and ignored. */
const chatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.int().min(1).max(16).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  seed: z.int().nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish(),
  response_format: z
    .discriminatedUnion("type", [
      z.looseObject({ type: z.literal("text") }),
      z.looseObject({ type: z.literal("json_object") }),
      z.looseObject({
        type: z.literal("json_schema"),
        json_schema: z.looseObject({ name: z.string(), schema: jsonSchemaObject.optional() }),
      }),
    ])
    .nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) }),
    ])
    .nullish(),
});
export type ChatRequestIn = z.infer<typeof chatRequest>;

/** Checks a chat-completions body. Throws a 400 that names the field, in OpenAI's words. */
export function parseChatRequest(body: unknown): ChatRequestIn {
  const request = parseWith(chatRequest, body);
  if (request.response_format?.type === "json_object" && !/json/i.test(JSON.stringify(request.messages))) {
    throw new RehearsalError(
      400,
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      { param: "messages" },
    );
  }
  const forced = typeof request.tool_choice === "object" ? request.tool_choice?.function.name : undefined;
  if (forced !== undefined && !request.tools?.some((candidate) => candidate.function.name === forced)) {
    throw new RehearsalError(400, `Tool choice '${forced}' not found in 'tools' parameter.`, {
      param: "tool_choice",
    });
  }
  if (request.tool_choice && request.tool_choice !== "none" && !request.tools?.length) {
    throw new RehearsalError(400, "'tool_choice' is only allowed when 'tools' are specified.", {
      param: "tool_choice",
    });
  }
  if (request.top_logprobs && !request.logprobs) {
    throw new RehearsalError(400, "'top_logprobs' needs 'logprobs' to be true.", { param: "top_logprobs" });
  }
  return request;
}

/** Parses with a schema of this provider; the first fault becomes OpenAI's 400. */
export function parseWith<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const param = issue.path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("");
  const isMissing = issue.code === "invalid_type" && issue.message.includes("received undefined");
  const name = param.replace(/^\./, "") || null;
  throw new RehearsalError(
    400,
    isMissing
      ? `Missing required parameter: '${name}'.`
      : `Invalid value for '${name ?? "body"}': ${issue.message}.`,
    { param: name, code: isMissing ? "missing_required_parameter" : "invalid_value" },
  );
}
