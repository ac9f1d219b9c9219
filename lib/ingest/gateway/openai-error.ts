import type { ErrorCode, FieldIssue } from "#lib/core/errors.ts";

/** An error as OpenAI's API says it, so that stock clients raise their own exceptions. */
export type OpenAiErrorBody = {
  error: { message: string; type: string; param: string | null; code: string | null };
};

const words: Record<ErrorCode | "internal", { type: string; code: string | null }> = {
  invalid_input: { type: "invalid_request_error", code: "invalid_value" },
  unauthenticated: { type: "authentication_error", code: "invalid_api_key" },
  forbidden: { type: "permission_error", code: "insufficient_permissions" },
  not_found: { type: "invalid_request_error", code: "model_not_found" },
  conflict: { type: "invalid_request_error", code: "not_servable" },
  too_large: { type: "invalid_request_error", code: "request_too_large" },
  unsupported_media_type: { type: "invalid_request_error", code: "unsupported_media_type" },
  too_many_requests: { type: "rate_limit_error", code: "rate_limit_exceeded" },
  provider_error: { type: "server_error", code: "provider_error" },
  unavailable: { type: "server_error", code: "unavailable" },
  internal: { type: "server_error", code: null },
};

/** The body for one of our errors; `param` is the first field at fault. */
export function toOpenAiError(
  code: ErrorCode | "internal",
  message: string,
  issues: FieldIssue[],
): OpenAiErrorBody {
  return {
    error: { message, type: words[code].type, param: issues[0]?.path || null, code: words[code].code },
  };
}
