import { createRoute, z } from "@hono/zod-openapi";
import { AppError } from "#lib/core/errors.ts";
import { archiveModel } from "#lib/models/archive-model.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { deletePrice, listPrices, savePrice } from "#lib/models/prices.ts";
import { findModel, listModels } from "#lib/models/queries.ts";
import {
  createModelInput,
  createModelVersionInput,
  model,
  modelPrice,
  modelVersion,
  saveModelPriceInput,
} from "#lib/models/schema.ts";
import { errorResponses, jsonResponse, newRoutes, security } from "../route.ts";

/** Registered models, their versions, and the project's own prices. */
export const modelsRoutes = newRoutes();

const tags = ["Models"];
const byName = z.object({ name: z.string().openapi({ description: "The model's name or id." }) });

modelsRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/models",
    tags,
    security,
    summary: "List models with their versions",
    responses: {
      200: jsonResponse(z.object({ data: z.array(model), nextCursor: z.null() }), "All models, by name."),
      ...errorResponses(),
    },
  }),
  async (c) => c.json({ data: await listModels(c.var.ctx), nextCursor: null }, 200),
);

modelsRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/models",
    tags,
    security,
    summary: "Register a model",
    request: { body: { required: true, content: { "application/json": { schema: createModelInput } } } },
    responses: { 201: jsonResponse(model, "The new model."), ...errorResponses(409) },
  }),
  async (c) => c.json(await createModel(c.var.ctx, c.req.valid("json")), 201),
);

modelsRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/models/{name}",
    tags,
    security,
    summary: "One model with its versions",
    request: { params: byName },
    responses: { 200: jsonResponse(model, "The model."), ...errorResponses(404) },
  }),
  async (c) => c.json(await findModel(c.var.ctx, c.req.valid("param").name), 200),
);

modelsRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/v1/models/{name}",
    tags,
    security,
    summary: "Archive a model",
    request: { params: byName },
    responses: { 204: { description: "It is out of the lists." }, ...errorResponses(404, 409) },
  }),
  async (c) => {
    await archiveModel(c.var.ctx, c.req.valid("param").name);
    return c.body(null, 204);
  },
);

modelsRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/models/{name}/versions",
    tags,
    security,
    summary: "Add a version to a model",
    request: {
      params: byName,
      body: {
        required: true,
        content: { "application/json": { schema: createModelVersionInput.omit({ model: true }) } },
      },
    },
    responses: {
      201: jsonResponse(modelVersion, "The new version, in stage None."),
      ...errorResponses(404, 409),
    },
  }),
  async (c) => {
    const input = { ...c.req.valid("json"), model: c.req.valid("param").name };
    return c.json(await createModelVersion(c.var.ctx, input), 201);
  },
);

modelsRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/models/{name}/versions/{number}",
    tags,
    security,
    summary: "One version of a model",
    request: { params: byName.extend({ number: z.coerce.number().int().min(1) }) },
    responses: { 200: jsonResponse(modelVersion, "The version."), ...errorResponses(404) },
  }),
  async (c) => {
    const { name, number } = c.req.valid("param");
    const found = (await findModel(c.var.ctx, name)).versions.find((version) => version.number === number);
    if (!found) throw new AppError("not_found", `The model "${name}" has no version ${number}.`);
    return c.json(found, 200);
  },
);

modelsRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/model-prices",
    tags,
    security,
    summary: "List the project's own prices",
    responses: {
      200: jsonResponse(z.object({ data: z.array(modelPrice), nextCursor: z.null() }), "Prices, by pattern."),
      ...errorResponses(),
    },
  }),
  async (c) => c.json({ data: await listPrices(c.var.ctx), nextCursor: null }, 200),
);

modelsRoutes.openapi(
  createRoute({
    method: "put",
    path: "/api/v1/model-prices",
    tags,
    security,
    summary: "Set a price, over the built-in table",
    request: { body: { required: true, content: { "application/json": { schema: saveModelPriceInput } } } },
    responses: { 200: jsonResponse(modelPrice, "The price."), ...errorResponses() },
  }),
  async (c) => c.json(await savePrice(c.var.ctx, c.req.valid("json")), 200),
);

modelsRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/v1/model-prices/{id}",
    tags,
    security,
    summary: "Remove a price",
    request: { params: z.object({ id: z.string() }) },
    responses: { 204: { description: "It is gone; stored costs do not change." }, ...errorResponses(404) },
  }),
  async (c) => {
    await deletePrice(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  },
);
