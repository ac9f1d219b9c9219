import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";

/** What every handler finds in `c.var`. */
export type ApiEnv = { Variables: { ctx: Context; requestId: string } };

/** Options of every route module's `OpenAPIHono`: what zod refuses becomes an `invalid_input` that names the field. */
export const apiOptions: ConstructorParameters<typeof OpenAPIHono<ApiEnv>>[0] = {
  defaultHook: (result) => {
    if (result.success) return;
    const issues = result.error.issues.map((issue) => ({
      path: issue.path.map(String).join("."),
      message: issue.message,
    }));
    const first = issues[0]!;
    throw new AppError("invalid_input", `${first.path || "The request"}: ${first.message}`, { issues });
  },
};

/** A route module's app. */
export function newRoutes(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>(apiOptions);
}

export const security: Record<string, string[]>[] = [{ Bearer: [] }, { Basic: [] }];

const errorBody = z
  .object({
    error: z.object({
      code: z.string().openapi({ example: "invalid_input" }),
      message: z.string(),
      issues: z.array(z.object({ path: z.string(), message: z.string() })),
      requestId: z.string(),
    }),
  })
  .openapi("Error");

const describedErrors = {
  400: "The request is malformed; `issues` names each field.",
  401: "No key, or one that is unknown or revoked.",
  403: "The key lacks the scope.",
  404: "There is no such thing in this project.",
  409: "It conflicts with what is there.",
  413: "The body is too large.",
  429: "Too fast; see Retry-After.",
  503: "The database is away; see Retry-After.",
} as const;

/** The error responses of a route, for its OpenAPI description. 400, 401, 403 and 503 are always possible. */
export function errorResponses<Status extends keyof typeof describedErrors = never>(...more: Status[]) {
  const statuses = [400, 401, 403, 503, ...more] as const;
  type Described = ReturnType<typeof jsonResponse<typeof errorBody>>;
  const responses: Partial<Record<400 | 401 | 403 | 503 | Status, Described>> = {};
  for (const status of statuses) responses[status] = jsonResponse(errorBody, describedErrors[status]);
  // Every key of the record was set in the loop above.
  return responses as Record<400 | 401 | 403 | 503 | Status, Described>;
}

/** One JSON response of a route, for its OpenAPI description. */
export function jsonResponse<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().max(2000).optional(),
});

/** A page of a list: `nextCursor` is null on the last one. */
export function pageOf<Schema extends z.ZodType>(item: Schema) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}

export type ApiContext = HonoContext<ApiEnv>;
