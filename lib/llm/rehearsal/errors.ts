/** An error as OpenAI's API answers it. */
export class RehearsalError extends Error {
  readonly status: 400 | 404 | 413 | 429 | 500;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
  readonly retryAfterS: number | null;

  constructor(
    status: RehearsalError["status"],
    message: string,
    details: { type?: string; param?: string | null; code?: string | null; retryAfterS?: number } = {},
  ) {
    super(message);
    this.name = "RehearsalError";
    this.status = status;
    this.type = details.type ?? "invalid_request_error";
    this.param = details.param ?? null;
    this.code = details.code ?? null;
    this.retryAfterS = details.retryAfterS ?? null;
  }

  toResponse(): Response {
    const { message, type, param, code } = this;
    return Response.json(
      { error: { message, type, param, code } },
      {
        status: this.status,
        headers: this.retryAfterS === null ? {} : retryHeaders(this.retryAfterS),
      },
    );
  }
}

// Retry-After has whole seconds (RFC 9110 §10.2.3); OpenAI adds the same in milliseconds.
function retryHeaders(seconds: number): Record<string, string> {
  return { "retry-after": String(Math.ceil(seconds)), "retry-after-ms": String(Math.ceil(seconds * 1000)) };
}
