import { StemmaError, type StemmaErrorCode } from "./errors.ts";

export type StemmaOptions = {
  /** Where the server is: `https://stemma.example.com`. */
  baseUrl: string;
  /** A secret key of the project. */
  key: string;
  /** How long one attempt may take, in milliseconds; 5,000 unless given. */
  timeoutMs?: number;
  /** How often a call is tried again when no answer came, or 429, 502, 503 or 504; 2 unless given. */
  retries?: number;
  /** What is sent with; the platform's own `fetch` unless given. */
  fetch?: typeof fetch;
  /** Told of what is not thrown: a refresh that failed while an older version is served, a fallback used. */
  onError?: (error: StemmaError) => void;
};

export type Call = {
  method?: "GET" | "POST" | "PUT";
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
};

const retriedStatuses = new Set([429, 502, 503, 504]);
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Sends one call to the server, again if that may help; every call the client makes may be repeated safely. */
export type Send = (call: Call) => Promise<Response>;

/** Throws StemmaError for anything but a 2xx or a 304. */
export function connect(options: StemmaOptions): Send {
  const base = options.baseUrl.replace(/\/+$/, "");
  const retries = options.retries ?? 2;
  return async (call) => {
    for (let attempt = 0; ; attempt++) {
      const error = await attempted(options, base, call);
      if (!(error instanceof StemmaError)) return error;
      const isWorthAnother = error.status === null || retriedStatuses.has(error.status);
      if (!isWorthAnother || attempt >= retries) throw error;
      // Half of the pause is by chance, so that many processes do not come back at once.
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** attempt) * (0.5 + Math.random() / 2);
      await pause(Math.max(pauseMs, Math.min(longestPauseMs, (error.retryAfterS ?? 0) * 1000)));
    }
  };
}

async function attempted(options: StemmaOptions, base: string, call: Call): Promise<Response | StemmaError> {
  const { method = "GET", path, body, headers } = call;
  const timeoutMs = options.timeoutMs ?? 5_000;
  try {
    const response = await (options.fetch ?? fetch)(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${options.key}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return response.ok || response.status === 304 ? response : await errorOf(response);
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === "TimeoutError";
    return isTimeout
      ? new StemmaError("timeout", `${base} did not answer within ${timeoutMs} ms.`, { cause })
      : new StemmaError("network", `${base} could not be reached.`, { cause });
  }
}

type ErrorBody = {
  error?: {
    code?: StemmaErrorCode;
    message?: string;
    issues?: StemmaError["issues"];
    requestId?: string;
  };
};

async function errorOf(response: Response): Promise<StemmaError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const { code, message, issues, requestId } = body.error ?? {};
  const { status } = response;
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new StemmaError(
    code ?? codeOf(status),
    message ?? `The server answered ${status} ${response.statusText}`.trim(),
    { status, issues, requestId, retryAfterS: Number.isFinite(retryAfter) ? retryAfter : null },
  );
}

/** Of an answer that is not the server's own: a proxy's, for one. */
function codeOf(status: number): StemmaErrorCode {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 413) return "too_large";
  if (status === 429) return "too_many_requests";
  if (status === 502 || status === 503 || status === 504) return "unavailable";
  return status < 500 ? "invalid_input" : "internal";
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
