import { expect, test } from "vitest";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { findImage, inlineImages, saveImage } from "./images.ts";

useDatabase();

// The smallest PNG: one transparent pixel.
const png = new Uint8Array(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
);

test("an image kept twice is kept once, and comes back byte for byte", async () => {
  const { ctx } = await makeProject();
  const [first, second] = await Promise.all([saveImage(ctx, png), saveImage(ctx, png)]);
  expect(first.url).toBe(second.url);
  expect(first.url).toMatch(/^stemma-image:[0-9a-f]{64}$/);
  const found = await findImage(ctx, first.url.slice("stemma-image:".length));
  expect(found.mediaType).toBe("image/png");
  expect(Buffer.from(found.bytes).equals(Buffer.from(png))).toBe(true);
});

test("providers get the image, and of another project's images nothing", async () => {
  const { ctx, projectId } = await makeProject();
  const other = await makeProject();
  const { url } = await saveImage(ctx, png);
  const part = { type: "image_url", image_url: { url, detail: "low" } };
  const messages = [
    { role: "system", content: "Look." },
    { role: "user", content: [{ type: "text", text: "What is it?" }, part] },
    { role: "user", content: [null, 7, { image_url: null }] },
  ];
  const sent = await inlineImages(projectId, messages);
  expect(sent[1]).toMatchObject({
    content: [
      {},
      { image_url: { url: `data:image/png;base64,${Buffer.from(png).toString("base64")}`, detail: "low" } },
    ],
  });
  expect([sent[0], sent[2]]).toEqual([messages[0], messages[2]]);
  expect(await inlineImages(other.projectId, messages)).toEqual(messages);
  await expect(findImage(other.ctx, url.slice("stemma-image:".length))).rejects.toMatchObject({
    code: "not_found",
  });
});

test("what is no image, whatever it calls itself, and what is too large are refused", async () => {
  const { ctx } = await makeProject();
  const page = new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>");
  await expect(saveImage(ctx, page)).rejects.toMatchObject({ code: "invalid_input" });
  await expect(saveImage(ctx, new Uint8Array(0))).rejects.toMatchObject({ code: "invalid_input" });
  const large = new Uint8Array(5 * 1024 * 1024 + 1);
  large.set(png);
  await expect(saveImage(ctx, large)).rejects.toMatchObject({ code: "too_large" });
});
