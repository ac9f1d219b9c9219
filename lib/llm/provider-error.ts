/** What went wrong at the provider, kept as it was sent. */
export class ProviderError extends Error {
  /** The HTTP status; null where no answer came. */
  readonly status: number | null;
  /** Seconds after which the provider says to try again. */
  readonly retryAfterS: number | null;
  /** The answer's body, unchanged; "" where no answer came. */
  readonly body: string;
  readonly contentType: string | null;

  constructor(
    status: number | null,
    message: string,
    details: {
      retryAfterS?: number | null;
      body?: string;
      contentType?: string | null;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = "ProviderError";
    this.status = status;
    this.retryAfterS = details.retryAfterS ?? null;
    this.body = details.body ?? "";
    this.contentType = details.contentType ?? null;
  }
}

/** An answer with another status than 2xx, whose body was read. */
export function refusalOf(status: number, body: string, headers: Headers): ProviderError {
  return new ProviderError(status, messageOf(body) ?? `The provider answered ${status}.`, {
    body,
    contentType: headers.get("content-type"),
    retryAfterS: readRetryAfter(headers),
  });
}

function messageOf(body: string): string | null {
  try {
    const parsed = JSON.parse(body) as { error?: { message?: unknown } | string; message?: unknown };
    const error = typeof parsed.error === "object" ? parsed.error?.message : parsed.error;
    const message = error ?? parsed.message;
    return typeof message === "string" ? message : null;
  } catch {
    return body.trim().slice(0, 500) || null;
  }
}

/** `instanceof` fails between Next's bundled copy of this module and the server's: the name tells. */
export function isProviderError(error: unknown): error is ProviderError {
  return error instanceof Error && error.name === "ProviderError" && "retryAfterS" in error;
}

/** Seconds from `retry-after-ms`, or `retry-after` as seconds or date (RFC 9110 §10.2.3); null if neither is there. */
export function readRetryAfter(headers: Headers, nowMs: number = Date.now()): number | null {
  const milliseconds = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (milliseconds >= 0) return milliseconds / 1000;
  const header = headers.get("retry-after");
  if (!header) return null;
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, (date - nowMs) / 1000);
}
