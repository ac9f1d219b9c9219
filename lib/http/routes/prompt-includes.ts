import { createRoute, z } from "@hono/zod-openapi";
import { findVersion } from "#lib/prompts/find-version.ts";
import { listIncludeUpdates } from "#lib/prompts/list-include-updates.ts";
import { listUsers } from "#lib/prompts/list-users.ts";
import { errorResponses, jsonResponse, newRoutes, security } from "../route.ts";

/** What prompts include, and where they are included. */
export const promptIncludeRoutes = newRoutes();

const included = z.object({
  updates: z
    .array(
      z.object({
        reference: z.string(),
        name: z.string(),
        pinnedNumber: z.int(),
        currentNumber: z.int(),
      }),
    )
    .openapi({
      description:
        "References whose label or number means another version now. Save the content without those `includes` to pin them anew.",
    }),
  users: z
    .array(
      z.object({
        name: z.string(),
        number: z.int(),
        isLatest: z.boolean(),
        labels: z.array(z.string()),
        reference: z.string(),
        pinnedNumber: z.int(),
      }),
    )
    .openapi({ description: "The newest and labelled versions that include this prompt." }),
});

promptIncludeRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/prompt-includes",
    tags: ["Prompts"],
    security,
    summary: "Where a prompt is included, and which of its own includes have moved on",
    request: { query: z.object({ name: z.string(), version: z.coerce.number().int().min(1).optional() }) },
    responses: { 200: jsonResponse(included, "Both directions."), ...errorResponses(404) },
  }),
  async (c) => {
    const { name, version } = c.req.valid("query");
    const selector = version === undefined ? { name, label: "latest" } : { name, version };
    const found = await findVersion(c.var.ctx, selector);
    const self = { id: found.promptId, name: found.name };
    const [updates, users] = await Promise.all([
      listIncludeUpdates(c.var.ctx, found.content, self),
      listUsers(c.var.ctx, found.name),
    ]);
    const shown = updates.map(({ includes: _, ...update }) => update);
    return c.json({ updates: shown, users }, 200);
  },
);
