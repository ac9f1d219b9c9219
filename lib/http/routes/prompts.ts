import { createRoute, type RouteConfig, z } from "@hono/zod-openapi";
import { AppError } from "#lib/core/errors.ts";
import { findPrompt } from "#lib/prompts/find-prompt.ts";
import { findVersion, findVersionById } from "#lib/prompts/find-version.ts";
import { inlineImages } from "#lib/prompts/images.ts";
import { listPrompts } from "#lib/prompts/list-prompts.ts";
import { listVersions } from "#lib/prompts/list-versions.ts";
import { revertVersion } from "#lib/prompts/revert-version.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import {
  chatMessage,
  labelName,
  placeholderValues,
  prompt,
  promptContent,
  promptVersion,
  promptVersionSummary,
  saveVersionInput,
  variableValues,
} from "#lib/prompts/schema.ts";
import { type ServedVersion, serveCached } from "#lib/prompts/serve-cached.ts";
import { splitProblems } from "#lib/prompts/split-problems.ts";
import { compile } from "#lib/prompts/template.ts";
import { updatePrompt, updatePromptInput } from "#lib/prompts/update-prompt.ts";
import { listPromotions } from "#lib/registry/list-promotions.ts";
import { moveLabel, removeLabel } from "#lib/registry/move-label.ts";
import { rollbackLabel } from "#lib/registry/rollback-label.ts";
import { moveLabelInput, promotion, removeLabelInput } from "#lib/registry/schema.ts";
import { type Answer, toWebResponse } from "../exchange.ts";
import { errorResponses, jsonResponse, newRoutes, pageOf, pageQuery, security } from "../route.ts";

export const promptRoutes = newRoutes();

const tags = ["Prompts"];
const nameParam = z.string().openapi({
  param: { name: "name", in: "path" },
  description: "The prompt's name. Slashes may be sent as %2F or as they are.",
  example: "support/triage",
});
const named = z.object({ name: nameParam });
const selector = z.object({
  version: z.coerce.number().int().min(1).optional(),
  label: z
    .string()
    .optional()
    .openapi({ description: "`production` unless given; `latest` is the newest version." }),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "A digest has 64 hexadecimal characters.")
    .optional(),
});
const labelMoved = z.object({
  promptName: z.string(),
  label: z.string(),
  fromVersion: z.int().nullable(),
  toVersion: z.int().nullable(),
  isMoved: z.boolean(),
});

const listRoute = createRoute({
  method: "get",
  path: "/api/v1/prompts",
  tags,
  security,
  summary: "List prompts by name",
  request: {
    query: pageQuery.extend({
      folder: z.string().optional(),
      search: z
        .string()
        .max(500)
        .optional()
        .openapi({ description: "In names, descriptions and newest contents." }),
      label: z.string().optional(),
      tag: z.string().optional(),
      archived: z.enum(["true", "false"]).optional(),
    }),
  },
  responses: { 200: jsonResponse(pageOf(prompt), "A page of prompts."), ...errorResponses() },
});
promptRoutes.openapi(listRoute, async (c) => {
  const { archived, ...filter } = c.req.valid("query");
  return c.json(await listPrompts(c.var.ctx, { ...filter, isArchived: archived === "true" }), 200);
});

const saved = promptVersion.extend({ isNew: z.boolean() });
const saveRoute = createRoute({
  method: "post",
  path: "/api/v1/prompts",
  tags,
  security,
  summary: "Save a version",
  description:
    "Makes the prompt's next version, and the prompt if its name is new (201). Content that the prompt already has in any version makes no new one: that version is answered with `isNew: false` (200).",
  request: { body: { required: true, content: { "application/json": { schema: saveVersionInput } } } },
  responses: {
    200: jsonResponse(saved, "The prompt already has this content."),
    201: jsonResponse(saved, "The new version."),
    ...errorResponses(409, 413),
  },
});
promptRoutes.openapi(saveRoute, async (c) => {
  const { version, isNew } = await saveVersion(c.var.ctx, c.req.valid("json"));
  return c.json({ ...version, isNew }, isNew ? 201 : 200);
});

const versionsRoute = createRoute({
  method: "get",
  path: "/api/v1/prompts/{name}/versions",
  tags,
  security,
  summary: "List a prompt's versions, the newest first, without their contents",
  request: { params: named, query: pageQuery },
  responses: {
    200: jsonResponse(pageOf(promptVersionSummary), "A page of versions."),
    ...errorResponses(404),
  },
});
promptRoutes.openapi(documented(versionsRoute), async (c) => {
  return c.json(await listVersions(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("query") }), 200);
});

const historyRoute = createRoute({
  method: "get",
  path: "/api/v1/prompts/{name}/history",
  tags,
  security,
  summary: "Every move of a prompt's labels: who, when, why, on what evidence",
  request: { params: named, query: pageQuery.extend({ label: z.string().optional() }) },
  responses: {
    200: jsonResponse(pageOf(promotion), "A page of moves, the newest first."),
    ...errorResponses(404),
  },
});
promptRoutes.openapi(documented(historyRoute), async (c) => {
  const { label, ...page } = c.req.valid("query");
  const { id } = await findPrompt(c.var.ctx, c.req.valid("param").name);
  const filter = { subject: "prompt_label" as const, subjectId: id, target: label };
  return c.json(await listPromotions(c.var.ctx, { ...filter, ...page }), 200);
});

const compileRoute = createRoute({
  method: "post",
  path: "/api/v1/prompts/{name}/compile",
  tags,
  security,
  summary: "Compile a version with values",
  description:
    "Answers the messages to send. A required variable without a value, or one of the wrong type, is 400.",
  request: {
    params: named,
    query: selector,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            variables: variableValues.default({}),
            placeholders: placeholderValues.default({}),
          }),
        },
      },
    },
  },
  responses: {
    200: jsonResponse(
      promptVersion.pick({ id: true, name: true, number: true, digest: true }).extend({
        messages: z.array(chatMessage),
        text: z.string().nullable(),
        warnings: z.array(z.object({ path: z.string(), message: z.string() })),
        parameters: promptContent.options[0].shape.parameters,
      }),
      "The compiled prompt.",
    ),
    ...errorResponses(404),
  },
});
promptRoutes.openapi(documented(compileRoute), async (c) => {
  const version = await findVersion(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("query") });
  const { variables, placeholders } = c.req.valid("json");
  const compiled = compile(version.content, variables, placeholders);
  const { text, problems } = compiled;
  const messages = await inlineImages(c.var.ctx.projectId, compiled.messages);
  const { errors, warnings } = splitProblems(problems);
  if (errors.length > 0) throw new AppError("invalid_input", errors[0]!.message, { issues: errors });
  const { id, name, number, digest, content } = version;
  const { parameters } = content;
  return c.json({ id, name, number, digest, messages, text, warnings, parameters }, 200);
});

const moveRoute = createRoute({
  method: "put",
  path: "/api/v1/prompts/{name}/labels/{label}",
  tags,
  security,
  summary: "Point a label at a version",
  request: {
    params: named.extend({ label: labelName }),
    body: {
      required: true,
      content: { "application/json": { schema: moveLabelInput.omit({ promptName: true, label: true }) } },
    },
  },
  responses: { 200: jsonResponse(labelMoved, "Where it was and is."), ...errorResponses(404, 409) },
});
promptRoutes.openapi(documented(moveRoute), async (c) => {
  const { name, label } = c.req.valid("param");
  return c.json(await moveLabel(c.var.ctx, { ...c.req.valid("json"), promptName: name, label }), 200);
});

const removeRoute = createRoute({
  method: "delete",
  path: "/api/v1/prompts/{name}/labels/{label}",
  tags,
  security,
  summary: "Take a label away",
  request: { params: named.extend({ label: labelName }), query: removeLabelInput.pick({ reason: true }) },
  responses: { 200: jsonResponse(labelMoved, "Where it was."), ...errorResponses(404) },
});
promptRoutes.openapi(documented(removeRoute), async (c) => {
  const { name, label } = c.req.valid("param");
  return c.json(await removeLabel(c.var.ctx, { ...c.req.valid("query"), promptName: name, label }), 200);
});

const rollbackRoute = createRoute({
  method: "post",
  path: "/api/v1/prompts/{name}/labels/{label}/rollback",
  tags,
  security,
  summary: "Move a label back to where it was before its last move",
  request: {
    params: named.extend({ label: labelName }),
    body: {
      content: {
        "application/json": { schema: z.strictObject({ reason: z.string().max(2000).optional() }) },
      },
    },
  },
  responses: { 200: jsonResponse(labelMoved, "Where it was and is."), ...errorResponses(404, 409) },
});
promptRoutes.openapi(documented(rollbackRoute), async (c) => {
  const { name, label } = c.req.valid("param");
  return c.json(await rollbackLabel(c.var.ctx, { ...c.req.valid("json"), promptName: name, label }), 200);
});

const revertRoute = createRoute({
  method: "post",
  path: "/api/v1/prompts/{name}/revert",
  tags,
  security,
  summary: "Make an old version's content the newest version",
  request: {
    params: named,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ toNumber: z.int().min(1), message: z.string().max(1000).optional() }),
        },
      },
    },
  },
  responses: {
    200: jsonResponse(saved, "The newest version already has this content."),
    201: jsonResponse(saved, "The new version."),
    ...errorResponses(404),
  },
});
promptRoutes.openapi(documented(revertRoute), async (c) => {
  const { version, isNew } = await revertVersion(c.var.ctx, {
    ...c.req.valid("param"),
    ...c.req.valid("json"),
  });
  return c.json({ ...version, isNew }, isNew ? 201 : 200);
});

const updateRoute = createRoute({
  method: "patch",
  path: "/api/v1/prompts/{name}",
  tags,
  security,
  summary: "Rename, describe, tag or archive a prompt",
  description: "A renamed prompt keeps answering to its old names.",
  request: {
    params: named,
    body: { required: true, content: { "application/json": { schema: updatePromptInput } } },
  },
  responses: { 200: jsonResponse(prompt, "The prompt."), ...errorResponses(404, 409) },
});
promptRoutes.openapi(documented(updateRoute), async (c) => {
  return c.json(await updatePrompt(c.var.ctx, c.req.valid("param").name, c.req.valid("json")), 200);
});

// Last, and never for the two subresources above: a name that ends in /versions must be sent as %2Fversions.
const fetchRoute = createRoute({
  method: "get",
  path: "/api/v1/prompts/{name}",
  tags,
  security,
  summary: "Fetch a version by number, label or digest",
  description:
    "By the label `production` unless told otherwise. Send `If-None-Match` to get 304 for what you hold.",
  request: { params: named, query: selector },
  responses: {
    200: { ...jsonResponse(promptVersion, "The version."), headers: z.object({ etag: z.string() }) },
    304: { description: "It is what you hold." },
    ...errorResponses(404),
  },
});
promptRoutes.openAPIRegistry.registerPath(fetchRoute);
// Under Node's server a fetch with a key comes here only to be refused: the fast lane (../fast-lane.ts) answers the rest.
promptRoutes.get("/api/v1/prompts/:name{(?!.*/(?:versions|history)$).+}", async (c) => {
  const served = await serveCached(c.var.ctx, { name: c.req.param("name"), ...parseSelector(c.req.query()) });
  return toWebResponse(answerServed(served, c.req.header("if-none-match")));
});

export const promptsPath = "/api/v1/prompts/";

/** Whether this path under `promptsPath` names something of a prompt that is no version. */
export function isSubresource(path: string): boolean {
  return path.endsWith("/versions") || path.endsWith("/history");
}

promptRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/prompt-versions/{id}",
    tags,
    security,
    summary: "Fetch a version by its id, as variants and spans name it",
    request: { params: z.object({ id: z.string() }) },
    responses: { 200: jsonResponse(promptVersion, "The version."), ...errorResponses(404) },
  }),
  async (c) => c.json(await findVersionById(c.var.ctx, c.req.valid("param").id), 200),
);

/**
 * Routes a path whose `{name}` may hold slashes, and documents it as written. (Hono takes `{name{.+}}` for a
 * parameter over several segments, which would be no path of an OpenAPI document.)
 */
function documented<Route extends RouteConfig>(route: Route, pattern = ".+"): Route {
  promptRoutes.openAPIRegistry.registerPath(route);
  return { ...route, path: route.path.replace("{name}", `{name{${pattern}}}`), hide: true };
}

/** Which version a query names. Throws `invalid_input` naming the field. */
export function parseSelector(query: Record<string, string>): z.infer<typeof selector> {
  for (const name in query) if (name !== "label") return parsedSelector(query);
  return query;
}

function parsedSelector(query: Record<string, string>): z.infer<typeof selector> {
  const parsed = selector.safeParse(query);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((each) => ({ path: each.path.join("."), message: each.message }));
  throw new AppError("invalid_input", `${issues[0]!.path}: ${issues[0]!.message}`, { issues });
}

/** 304 if the caller holds the same, else the version as it is kept in memory: text, never parsed again. */
export function answerServed({ body, etag }: ServedVersion, ifNoneMatch: string | undefined): Answer {
  const headers: Record<string, string> = { etag, "cache-control": "private, no-cache" };
  if (isHeld(ifNoneMatch, etag)) return { status: 304, headers, body: null };
  headers["content-type"] = "application/json";
  return { status: 200, headers, body };
}

/** Whether an If-None-Match names the tag; weakly, as RFC 9110 §13.1.2 has it. */
function isHeld(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const held = header.split(",").map((each) => each.trim().replace(/^W\//, ""));
  return held.includes(etag) || held.includes("*");
}
