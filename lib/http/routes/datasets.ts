import { createRoute, z } from "@hono/zod-openapi";
import { AppError } from "#lib/core/errors.ts";
import { addFromTrace } from "#lib/datasets/add-from-trace.ts";
import { createDataset } from "#lib/datasets/create-dataset.ts";
import { importItems } from "#lib/datasets/import-items.ts";
import { parseItems, type UploadFormat } from "#lib/datasets/parse-items.ts";
import { findDataset, listDatasets, listItems, listVersions } from "#lib/datasets/queries.ts";
import {
  addFromTraceInput,
  createDatasetInput,
  dataset,
  datasetItem,
  datasetVersion,
  importedVersion,
  importItemsBody,
  importMode,
} from "#lib/datasets/schema.ts";
import { errorResponses, jsonResponse, newRoutes, pageOf, pageQuery, security } from "../route.ts";

const tags = ["Datasets"];
const params = z.object({ dataset: z.string().openapi({ description: "The dataset's name or id." }) });

/** Datasets: versioned rows of inputs and expected outputs. */
export const datasetRoutes = newRoutes();

datasetRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/datasets",
    tags,
    security,
    summary: "List datasets, newest first",
    request: { query: pageQuery },
    responses: { 200: jsonResponse(pageOf(dataset), "A page of datasets"), ...errorResponses() },
  }),
  async (c) => c.json(await listDatasets(c.var.ctx, c.req.valid("query")), 200),
);

datasetRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/datasets",
    tags,
    security,
    summary: "Make an empty dataset",
    request: {
      body: { required: true, content: { "application/json": { schema: createDatasetInput } } },
    },
    responses: { 201: jsonResponse(dataset, "The dataset"), ...errorResponses(409) },
  }),
  async (c) => c.json(await createDataset(c.var.ctx, c.req.valid("json")), 201),
);

datasetRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/datasets/{dataset}",
    tags,
    security,
    summary: "One dataset with its latest version",
    request: { params },
    responses: { 200: jsonResponse(dataset, "The dataset"), ...errorResponses(404) },
  }),
  async (c) => c.json(await findDataset(c.var.ctx, c.req.valid("param").dataset), 200),
);

datasetRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/datasets/{dataset}/versions",
    tags,
    security,
    summary: "All versions of a dataset, newest first",
    request: { params },
    responses: { 200: jsonResponse(pageOf(datasetVersion), "The versions"), ...errorResponses(404) },
  }),
  async (c) => {
    const data = await listVersions(c.var.ctx, c.req.valid("param").dataset);
    return c.json({ data, nextCursor: null }, 200);
  },
);

datasetRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/datasets/{dataset}/items",
    tags,
    security,
    summary: "The items of a version, in their order",
    request: {
      params,
      query: pageQuery.extend({
        version: z.coerce
          .number()
          .int()
          .min(1)
          .optional()
          .openapi({ description: "The version's number; the latest unless given." }),
      }),
    },
    responses: { 200: jsonResponse(pageOf(datasetItem), "A page of items"), ...errorResponses(404) },
  }),
  async (c) => {
    const { version: number, ...page } = c.req.valid("query");
    const found = await findDataset(c.var.ctx, c.req.valid("param").dataset);
    const version =
      number === undefined
        ? found.latest
        : (await listVersions(c.var.ctx, found.id)).find((each) => each.number === number);
    if (!version && number !== undefined)
      throw new AppError("not_found", `The dataset "${found.name}" has no version ${number}.`);
    if (!version) return c.json({ data: [], nextCursor: null }, 200);
    return c.json(await listItems(c.var.ctx, { datasetVersionId: version.id, ...page }), 200);
  },
);

datasetRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/datasets/{dataset}/items",
    tags,
    security,
    summary: "Import items as the next version",
    description:
      "All or nothing. Content that is the latest version's already makes no new one: the answer is 200 with `isNew` false. CSV and JSON lines take `mode` and `message` from the query.",
    request: {
      params,
      query: z.object({ mode: importMode.optional(), message: z.string().max(1000).optional() }),
      body: {
        content: {
          "application/json": { schema: importItemsBody },
          "text/csv": { schema: z.string() },
          "application/x-ndjson": { schema: z.string() },
        },
      },
    },
    responses: {
      200: jsonResponse(importedVersion, "The latest version has this content already"),
      201: jsonResponse(importedVersion, "The new version"),
      ...errorResponses(404, 413),
    },
  }),
  async (c) => {
    const { mode = "append", message = "" } = c.req.valid("query");
    const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
    const format = textFormats[type];
    if (!format && type !== "application/json") {
      const known = ["application/json", ...Object.keys(textFormats)].join(", ");
      throw new AppError("unsupported_media_type", `Send the items as one of ${known}.`);
    }
    const dataset = c.req.valid("param").dataset;
    const input = format
      ? { dataset, items: parseItems(await c.req.text(), format), mode, message }
      : { ...(c.req.valid("json") as z.output<typeof importItemsBody>), dataset };
    const version = await importItems(c.var.ctx, input);
    return c.json(version, version.isNew ? 201 : 200);
  },
);

datasetRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/datasets/{dataset}/items/from-trace",
    tags,
    security,
    summary: "Add one item made from a trace",
    request: {
      params,
      body: {
        required: true,
        content: { "application/json": { schema: addFromTraceInput.omit({ dataset: true }) } },
      },
    },
    responses: {
      200: jsonResponse(importedVersion, "The latest version has this item already"),
      201: jsonResponse(importedVersion, "The new version"),
      ...errorResponses(404),
    },
  }),
  async (c) => {
    const version = await addFromTrace(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") });
    return c.json(version, version.isNew ? 201 : 200);
  },
);

const textFormats: Record<string, UploadFormat> = {
  "text/csv": "csv",
  "application/x-ndjson": "jsonl",
};
