/**
 * The one error a caller can act on. Anything else stays an ordinary error, becomes "internal error" plus a
 * request id at the edge, and is logged.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** Where in the input the fault is: `[{ path: "messages.0.role", message: "…" }]`. */
  readonly issues: FieldIssue[];
  /** Seconds after which the same call may succeed (429 and 503 only). */
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: AppErrorOptions = {}) {
    super(publicMessage, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.issues = options.issues ?? [];
    this.retryAfterS = options.retryAfterS;
  }
}

export type FieldIssue = { path: string; message: string };
export type AppErrorOptions = { cause?: unknown; issues?: FieldIssue[]; retryAfterS?: number };

export type ErrorCode =
  | "invalid_input"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "too_large"
  | "unsupported_media_type"
  | "too_many_requests"
  | "provider_error"
  | "unavailable";

export const statusOfCode: Record<ErrorCode, 400 | 401 | 403 | 404 | 409 | 413 | 415 | 429 | 502 | 503> = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  provider_error: 502,
  unavailable: 503,
};

/**
 * Next bundles its own copy of this module beside the one the server process loads, so `instanceof` cannot
 * tell an AppError that crossed between the two: the name and a known code do.
 */
export function isAppError(error: unknown): error is AppError {
  return (
    error instanceof Error &&
    error.name === "AppError" &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code in statusOfCode
  );
}
