import { type ErrorCode, type FieldIssue, isAppError, statusOfCode } from "#lib/core/errors.ts";

/** An error as the machine API answers it. `status` is the HTTP status; only 429 and 503 carry `retryAfterS`. */
export type ErrorAnswer = {
  status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 429 | 500 | 502 | 503;
  code: ErrorCode | "internal";
  message: string;
  issues: FieldIssue[];
  retryAfterS: number | undefined;
};

/**
 * The one place where errors become answers. What is not an AppError is logged with the request id and answered
 * without its text; a database that cannot be reached is 503, which clients may retry.
 */
export function answerOf(error: unknown, requestId: string): ErrorAnswer {
  if (isAppError(error)) {
    return {
      status: statusOfCode[error.code],
      code: error.code,
      message: error.message,
      issues: error.issues,
      retryAfterS: error.retryAfterS ?? (error.code === "unavailable" ? 1 : undefined),
    };
  }
  if (isHttpException(error)) {
    const code = codeOfStatus[error.status] ?? "invalid_input";
    return {
      status: statusOfCode[code],
      code,
      message: error.message,
      issues: [],
      retryAfterS: undefined,
    };
  }
  if (isDatabaseAway(error)) {
    const message = "The database cannot be reached right now. Try again in a moment.";
    return { status: 503, code: "unavailable", message, issues: [], retryAfterS: 1 };
  }
  console.error(`[${requestId}]`, error);
  const message = `Internal error. Quote the request id ${requestId} when you report it.`;
  return { status: 500, code: "internal", message, issues: [], retryAfterS: undefined };
}

export function jsonError(error: unknown, requestId: string): Response {
  const { status, code, message, issues, retryAfterS } = answerOf(error, requestId);
  const headers: Record<string, string> = { "x-request-id": requestId };
  if (retryAfterS !== undefined) headers["retry-after"] = String(Math.ceil(retryAfterS));
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="stemma", Basic realm="stemma"';
  return Response.json({ error: { code, message, issues, requestId } }, { status, headers });
}

/** What Hono itself refuses. */
const codeOfStatus: Record<number, ErrorCode> = { 413: "too_large", 415: "unsupported_media_type" };

function isHttpException(error: unknown): error is Error & { status: number } {
  return (
    error instanceof Error &&
    "status" in error &&
    typeof error.status === "number" &&
    error.status >= 400 &&
    error.status < 500 &&
    "getResponse" in error
  );
}

const awayCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "25006",
  "55P03",
]);

/**
 * PostgreSQL's classes of errors that another try may not meet: connection, transaction rollback, insufficient
 * resources, operator intervention (shutdown, statement timeout), system error. With a full disk or a standby
 * that was promoted a sender must keep its data and try again, not give it up.
 */
const awayClasses = /^(08|40|53|57|58)[0-9A-Z]{3}$/;

/** Whether an error of either database client means that the server is gone, full or restarting. */
export function isDatabaseAway(error: unknown): boolean {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    if ("code" in current && isAwayCode(String(current.code))) return true;
    if (
      /Can't reach database server|Connection terminated|server closed the connection/i.test(current.message)
    ) {
      return true;
    }
    const { cause } = (current as { meta?: { driverAdapterError?: { cause?: AdapterCause } } }).meta
      ?.driverAdapterError ?? { cause: undefined };
    if (isAwayCode(cause?.originalCode ?? cause?.code ?? "")) return true;
    if (/DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections/.test(cause?.kind ?? ""))
      return true;
  }
  return false;
}

/** What Prisma's adapter knows of PostgreSQL's own error. */
type AdapterCause = { kind?: string; code?: string; originalCode?: string };

function isAwayCode(code: string): boolean {
  return awayCodes.has(code) || awayClasses.test(code);
}
