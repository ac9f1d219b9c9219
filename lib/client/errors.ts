/** Where in what was sent the fault is. */
export type Issue = { path: string; message: string };

/**
 * `network` and `timeout`: no answer came. `internal`: the server failed. The others are the server's own codes;
 * `invalid_input` also comes from `compile`, when a value is missing or of the wrong type.
 */
export type StemmaErrorCode =
  | "network"
  | "timeout"
  | "internal"
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

/**
 * The one error the client throws.
 *
 * @example
 * try {
 *   await stemma.prompts.get("support/triage");
 * } catch (error) {
 *   if (error instanceof StemmaError && error.code === "not_found") …
 * }
 */
export class StemmaError extends Error {
  override readonly name = "StemmaError";
  readonly code: StemmaErrorCode;
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  readonly issues: Issue[];
  /** Quote it when you report a problem. */
  readonly requestId: string | null;
  /** Seconds after which the same call may succeed. */
  readonly retryAfterS: number | null;

  constructor(
    code: StemmaErrorCode,
    message: string,
    details: {
      status?: number;
      issues?: Issue[];
      requestId?: string;
      retryAfterS?: number | null;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status ?? null;
    this.issues = details.issues ?? [];
    this.requestId = details.requestId ?? null;
    this.retryAfterS = details.retryAfterS ?? null;
  }
}
