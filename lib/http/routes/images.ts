import { createRoute, z } from "@hono/zod-openapi";
import { findImage, saveImage } from "#lib/prompts/images.ts";
import { errorResponses, jsonResponse, newRoutes, security } from "../route.ts";

/** Images that prompts show a model, by the SHA-256 of their bytes. */
export const imageRoutes = newRoutes();

const tags = ["Prompts"];
const image = { schema: z.string().openapi({ format: "binary" }) };

imageRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/v1/images",
    tags,
    security,
    summary: "Keep an image for prompts",
    description:
      "The body is a PNG, JPEG, GIF or WebP of at most 5 MB. Answers the address to put in a message's `image_url`; the gateway, evaluations and the playground send the image itself.",
    request: { body: { required: true, content: { "image/*": image } } },
    responses: {
      201: jsonResponse(z.object({ url: z.string() }), "Where it is kept."),
      ...errorResponses(413),
    },
  }),
  async (c) => c.json(await saveImage(c.var.ctx, new Uint8Array(await c.req.arrayBuffer())), 201),
);

imageRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/v1/images/{digest}",
    tags,
    security,
    summary: "Fetch an image",
    request: { params: z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/) }) },
    responses: {
      200: { description: "The image.", content: { "image/*": image } },
      ...errorResponses(404),
    },
  }),
  async (c) => {
    const { digest, mediaType, bytes } = await findImage(c.var.ctx, c.req.valid("param").digest);
    return c.body(bytes, 200, {
      "content-type": mediaType,
      "cache-control": "private, max-age=31536000, immutable",
      etag: `"${digest}"`,
      // It is shown where it is asked for, and is never a page of ours.
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
    });
  },
);
