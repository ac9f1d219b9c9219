import { z } from "zod";
import { AppError } from "#lib/core/errors.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";

/** One call of the gateway: what the provider gets, and what is only for us. */
export type GatewayCall = {
  /** A deployment's name, or a model's. */
  model: string;
  isStreamed: boolean;
  unit: string | null;
  sessionId: string | null;
  variables: JsonObject;
  tags: string[];
  /** The prompt that the caller filled itself, for the trace; what a deployment serves goes before it. */
  prompt: { name: string; version: string | null } | null;
  /** The rest of the caller's metadata: kept on the trace, and what A/B tests target by. */
  attributes: Record<string, string | number | boolean>;
  /** The caller's own trace, from `traceparent`. */
  parent: { traceId: string; spanId: string } | null;
  /** The body without `model`, without nulls, and without the metadata that is ours. */
  body: JsonObject;
};

/** The headers of a request, by lower-case name: web's `Headers`, or what Node read. */
export type HeaderReader = { get(name: string): string | null };

const callBody = z.looseObject({
  model: z.string().min(1),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  user: z.string().nullish(),
  messages: z.array(z.looseObject({ role: z.string() })).nullish(),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
});

const ours = new Set(["user_id", "unit", "session_id", "variables", "tags", "prompt_name", "prompt_version"]);
const unitLimitBytes = 512;

/**
 * Reads a body and headers in OpenAI's shape. The unit, session, variables and tags come as `metadata` (`user_id` or
 * `unit`, `session_id`, `variables` as JSON text, `var_<name>`, `tags`, `prompt_name` and `prompt_version`) or as headers
 * (`x-stemma-unit`, `-session`, `-variables`, `-tags`, `-prompt` percent-encoded, `-prompt-version`), which win; `user`
 * stands in for the unit. Throws `invalid_input` naming the field.
 */
export function readCall(given: unknown, headers: HeaderReader): GatewayCall {
  const parsed = callBody.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(issue.path.map(String).join("."), issue.message);
  }
  const { model, metadata, ...fields } = parsed.data;
  const entries = Object.entries(metadata ?? {});
  const said = (key: string) => (metadata?.[key] === undefined ? null : String(metadata[key]) || null);

  const unit = headers.get("x-stemma-unit") ?? said("user_id") ?? said("unit") ?? (fields.user || null);
  if (unit && Buffer.byteLength(unit) > unitLimitBytes) {
    throw invalid("metadata.user_id", `A unit has at most ${unitLimitBytes} bytes.`);
  }
  const others = entries.filter(([key]) => !ours.has(key) && !key.startsWith("var_"));
  const body = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as JsonObject;
  // Providers take metadata only with what they store; without `store` it is for us alone.
  if (fields.store && others.length > 0) body.metadata = Object.fromEntries(others);

  return {
    model,
    isStreamed: fields.stream ?? false,
    unit,
    sessionId: headers.get("x-stemma-session") ?? said("session_id"),
    variables: {
      ...readVariables(said("variables"), "metadata.variables"),
      ...Object.fromEntries(
        entries.filter(([key]) => key.startsWith("var_")).map(([key, value]) => [key.slice(4), value]),
      ),
      ...readVariables(headers.get("x-stemma-variables"), "x-stemma-variables"),
    },
    tags: readTags(headers.get("x-stemma-tags") ?? said("tags")),
    prompt: readPrompt(
      decoded(headers.get("x-stemma-prompt")) ?? said("prompt_name"),
      headers.get("x-stemma-prompt-version") ?? said("prompt_version"),
    ),
    attributes: Object.fromEntries(others),
    parent: readTraceparent(headers.get("traceparent")),
    body,
  };
}

function readVariables(text: string | null, path: string): JsonObject {
  if (text === null) return {};
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(path, 'Send the variables as the JSON text of an object: {"name": "value"}.');
  }
  return value;
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function readPrompt(name: string | null, version: string | null): GatewayCall["prompt"] {
  return name === null ? null : { name: name.slice(0, 500), version: version?.slice(0, 100) ?? null };
}

/** Header values are Latin-1: a name is sent percent-encoded. */
function decoded(header: string | null): string | null {
  try {
    return header && decodeURIComponent(header);
  } catch {
    return header;
  }
}

function readTags(text: string | null): string[] {
  const tags = (text ?? "").split(",").map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ""))].slice(0, 50);
}

/** W3C Trace Context §3.2: version, trace id, parent id, flags; ids of only zeros are invalid. */
function readTraceparent(header: string | null): GatewayCall["parent"] {
  const match = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/.exec(header?.trim() ?? "");
  if (!match || /^0+$/.test(match[1]!) || /^0+$/.test(match[2]!)) return null;
  return { traceId: match[1]!, spanId: match[2]! };
}

function invalid(path: string, message: string): AppError {
  return new AppError("invalid_input", path ? `${path}: ${message}` : message, {
    issues: [{ path, message }],
  });
}
