import type { SamplingParameters } from "#lib/models/parameters.ts";

export type ErrorKind =
  | "wrong_key"
  | "unknown_model"
  | "context_too_long"
  | "no_credit"
  | "rate_limited"
  | "unsupported_parameter"
  | "unreachable"
  | "provider_failed"
  | "template"
  | "setup"
  | "tools"
  | "other";

/** What went wrong in a cell: the provider's own words, and what to change. */
export type ExplainedError = {
  kind: ErrorKind;
  /** HTTP status; null where no answer came. */
  status: number | null;
  /** As the provider says it. */
  message: string;
  advice: string;
  /** The setting that the provider refuses. */
  parameter: keyof SamplingParameters | "tools" | "responseFormat" | null;
  retryAfterS: number | null;
};

type Failure = { status: number | null; message: string; body?: string; retryAfterS?: number | null };
type Facts = { status: number | null; code: string; param: string; text: string };

/** The first row that fits explains the error. The provider's `code` is surer than its words, so both are looked at. */
const rows: { kind: ErrorKind; fits: (facts: Facts) => boolean; advice: string }[] = [
  {
    kind: "unreachable",
    fits: ({ status }) => status === null,
    advice: "Check the connection's base URL, and that the provider runs.",
  },
  {
    kind: "no_credit",
    fits: ({ status, code, text }) =>
      status === 402 ||
      /insufficient_quota|billing/.test(code) ||
      /insufficient (?:quota|balance|credit)/i.test(text),
    advice: "The provider's account has no credit left. Add some there, or choose another connection.",
  },
  {
    kind: "wrong_key",
    fits: ({ status, code }) =>
      status === 401 || status === 403 || /invalid_api_key|authentication/.test(code),
    advice: "The provider refuses the key. Save the right one in the connection.",
  },
  {
    kind: "context_too_long",
    fits: ({ status, code, text }) =>
      status === 413 ||
      /context_length|string_above_max_length/.test(code) ||
      /(?:maximum|max) context|context (?:length|window)|too many (?:input )?tokens|prompt is too long/i.test(
        text,
      ),
    advice:
      "Shorten the prompt or its variables, ask for fewer tokens, or choose a model with a longer context.",
  },
  {
    kind: "rate_limited",
    fits: ({ status }) => status === 429,
    advice: "The provider takes no more calls just now.",
  },
  {
    kind: "unsupported_parameter",
    fits: ({ status, code, param, text }) =>
      status !== null &&
      status >= 400 &&
      status < 500 &&
      parameterOf(param, text) !== null &&
      (/unsupported|unknown_parameter|unrecognized/.test(code) ||
        param !== "" ||
        /not support|unsupported|unrecognized|unknown (?:parameter|field)|extra (?:inputs|fields)|only the default/i.test(
          text,
        )),
    advice: "This model does not take the setting as it is.",
  },
  {
    kind: "unknown_model",
    fits: ({ status, code, text }) =>
      /model_not_found|unknown_model/.test(code) ||
      (status === 404 && /model/i.test(text)) ||
      /model .{0,80}(?:does not exist|not found)/i.test(text),
    advice:
      "The provider does not know the model's name. Correct it in a new model version, or choose another.",
  },
  {
    kind: "provider_failed",
    fits: ({ status }) => status !== null && status >= 500,
    advice: "The provider failed by itself. Try again in a moment.",
  },
];

const parameterNames: Record<string, ExplainedError["parameter"]> = {
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
  max_tokens: "maxTokens",
  max_completion_tokens: "maxTokens",
  max_output_tokens: "maxTokens",
  seed: "seed",
  stop: "stop",
  stop_sequences: "stop",
  frequency_penalty: "frequencyPenalty",
  presence_penalty: "presencePenalty",
  reasoning_effort: "reasoningEffort",
  tools: "tools",
  tool_choice: "tools",
  response_format: "responseFormat",
};

/** A provider's refusal or failure in its own words, with what to change. Pure. */
export function explainError({ status, message, body = "", retryAfterS = null }: Failure): ExplainedError {
  const { code, param } = detailsOf(body);
  const facts = { status, code, param, text: `${message} ${body.slice(0, 4000)}` };
  const row = rows.find((each) => each.fits(facts));
  return {
    kind: row?.kind ?? "other",
    status,
    message: message.slice(0, 4000),
    advice: row?.advice ?? "Change what the provider names, and run again.",
    parameter: row?.kind === "unsupported_parameter" ? parameterOf(param, facts.text) : null,
    retryAfterS,
  };
}

/** An error that is found before a provider is called. */
export function ownError(kind: ErrorKind, message: string, advice: string): ExplainedError {
  return { kind, status: null, message, advice, parameter: null, retryAfterS: null };
}

/** The setting that a provider's `param` names; where it sends none, the first that its words name. */
function parameterOf(param: string, text: string): ExplainedError["parameter"] {
  const named = /^[a-z_]+/.exec(param)?.[0] ?? "";
  if (named !== "") return parameterNames[named] ?? null;
  for (const [name, ours] of Object.entries(parameterNames)) {
    if (new RegExp(`(?:^|[^a-z_])${name}(?:[^a-z_]|$)`).test(text)) return ours;
  }
  return null;
}

function detailsOf(body: string): { code: string; param: string } {
  try {
    const parsed = JSON.parse(body) as { error?: { code?: unknown; type?: unknown; param?: unknown } };
    const { code, type, param } = parsed.error ?? {};
    return { code: `${code ?? ""} ${type ?? ""}`, param: typeof param === "string" ? param : "" };
  } catch {
    return { code: "", param: "" };
  }
}
