import { createMiddleware } from "hono/factory";
import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { singleton } from "#lib/core/singleton.ts";
import { env } from "#lib/env.ts";
import { findKeyContext } from "#lib/projects/find-key-context.ts";
import { findSessionContext } from "#lib/projects/find-session-context.ts";
import type { ApiEnv } from "./route.ts";

/**
 * Puts the caller's Context in `c.var.ctx`, or throws 401. Accepts `Authorization: Bearer <secret key>`, Basic
 * `<public key>:<secret key>`, `x-api-key: <secret key>` (what LangSmith's exporter sends), and for the product's own
 * pages the session cookie with the project's slug in `x-stemma-project` or `?project=`. A cookie may change things
 * only from our own origin.
 */
export const authenticate = createMiddleware<ApiEnv>(async (c, next) => {
  const header = credentialsOf((name) => c.req.header(name));
  c.set("ctx", header ? await authenticateKey(header) : await contextOfCookie(c.req.raw));
  await next();
});

/** Gives each request its id, which its answer and its log lines carry. */
export const identifyRequest = createMiddleware<ApiEnv>(async (c, next) => {
  c.set("requestId", newId());
  await next();
});

/** The headers that can hold a key, as one Authorization header; undefined where there is none. */
export function credentialsOf(header: (name: string) => string | undefined): string | undefined {
  const secretKey = header("x-api-key");
  return header("authorization") ?? (secretKey && `Bearer ${secretKey}`);
}

/** The Context of the key in an Authorization header. Throws `unauthenticated` and `too_many_requests`. */
export async function authenticateKey(header: string): Promise<Context> {
  const credentials = parseAuthorization(header);
  if (!credentials) {
    throw new AppError(
      "unauthenticated",
      "Send `Authorization: Bearer <secret key>`, or Basic `public:secret`.",
    );
  }
  const ctx = await findKeyContext(credentials.secretKey, credentials.publicKey);
  if (!ctx) throw new AppError("unauthenticated", "This API key is unknown or revoked.");
  throttle(ctx);
  return ctx;
}

/** The key halves in an Authorization header; undefined if it holds none. */
export function parseAuthorization(header: string): { secretKey: string; publicKey?: string } | undefined {
  const [scheme, value] = header.split(/\s+/, 2);
  if (!value) return undefined;
  if (scheme!.toLowerCase() === "bearer") return { secretKey: value };
  if (scheme!.toLowerCase() !== "basic") return undefined;
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return { publicKey: text.slice(0, colon), secretKey: text.slice(colon + 1) };
}

async function contextOfCookie(request: Request): Promise<Context> {
  const missing = new AppError("unauthenticated", "Send an API key: `Authorization: Bearer <secret key>`.");
  if (!request.headers.has("cookie")) throw missing;
  if (!isSafe(request.method) && !isSameOrigin(request)) throw missing;
  const slug = request.headers.get("x-stemma-project") ?? new URL(request.url).searchParams.get("project");
  const ctx = slug ? await findSessionContext(request.headers, slug) : null;
  if (!ctx) throw missing;
  return ctx;
}

function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  return origin !== null && new URL(origin).host === request.headers.get("host");
}

type Bucket = { tokens: number; atMs: number };
const buckets = singleton("rate-buckets", () => new Map<string, Bucket>());

/** A token bucket per key that holds two seconds' worth. */
function throttle(ctx: Context): void {
  const perSecond = env().requestsPerSecond;
  if (perSecond === 0) return;
  const nowMs = Date.now();
  const bucket = buckets.get(ctx.actor.id) ?? { tokens: perSecond * 2, atMs: nowMs };
  bucket.tokens = Math.min(perSecond * 2, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond);
  bucket.atMs = nowMs;
  buckets.set(ctx.actor.id, bucket);
  if (bucket.tokens < 1) {
    const retryAfterS = Math.ceil((1 - bucket.tokens) / perSecond);
    throw new AppError("too_many_requests", `More than ${perSecond} requests a second with one key.`, {
      retryAfterS,
    });
  }
  bucket.tokens -= 1;
}
