import { createHash } from "node:crypto";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { imageUrlOf, readImageUrl } from "./image-url.ts";

export const largestImageBytes = 5 * 1024 * 1024;

export type StoredImage = { digest: string; mediaType: string; bytes: Uint8Array<ArrayBuffer> };

/**
 * Keeps an image under the digest of its bytes; kept twice it is kept once. What it is is told by its first bytes, not
 * by its name. Errors: `too_large`, `invalid_input` for what is no PNG, JPEG, GIF or WebP.
 */
export async function saveImage(ctx: Context, bytes: Uint8Array<ArrayBuffer>): Promise<{ url: string }> {
  requireScope(ctx, "prompts:write");
  if (bytes.length > largestImageBytes) {
    throw new AppError(
      "too_large",
      `The image has ${(bytes.length / 1024 / 1024).toFixed(1)} MB; at most 5 MB can be kept.`,
    );
  }
  const mediaType = mediaTypeOf(bytes);
  if (!mediaType) {
    throw new AppError(
      "invalid_input",
      "This is no image that models read: choose a PNG, JPEG, GIF or WebP.",
    );
  }
  const digest = createHash("sha256").update(bytes).digest("hex");
  await prisma().promptImage.createMany({
    data: [{ projectId: ctx.projectId, digest, mediaType, bytes, authorName: ctx.actor.name }],
    skipDuplicates: true,
  });
  return { url: imageUrlOf(digest) };
}

/** Throws `not_found`. */
export async function findImage(ctx: Context, digest: string): Promise<StoredImage> {
  requireScope(ctx, "prompts:read");
  const row = await prisma().promptImage.findUnique({
    where: { projectId_digest: { projectId: ctx.projectId, digest } },
  });
  if (!row) throw new AppError("not_found", "There is no such image in this project.");
  return { digest, mediaType: row.mediaType, bytes: new Uint8Array(row.bytes) };
}

/**
 * Messages as a provider can read them: an uploaded image's address becomes its bytes, as a data URL. An address of an
 * image that is not there is left as it is, for the provider to refuse by name. Messages of any shape pass.
 */
export async function inlineImages<Message extends object>(
  projectId: string,
  messages: readonly Message[],
): Promise<Message[]> {
  const digests = new Set(messages.flatMap((message) => partsOf(message).flatMap(digestOf)));
  if (digests.size === 0) return [...messages];
  const rows = await prisma().promptImage.findMany({ where: { projectId, digest: { in: [...digests] } } });
  const urls = new Map(
    rows.map(({ digest, mediaType, bytes }) => [
      digest,
      `data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}`,
    ]),
  );
  return messages.map((message) => {
    const parts = partsOf(message);
    if (!parts.some((part) => digestOf(part).length > 0)) return message;
    const content = parts.map((part) => {
      const url = urls.get(digestOf(part)[0] ?? "");
      return url ? { ...(part as ImagePart), image_url: { ...(part as ImagePart).image_url, url } } : part;
    });
    return { ...message, content };
  });
}

type ImagePart = { image_url: { url: string } };

function partsOf(message: object): readonly unknown[] {
  const content = "content" in message ? message.content : null;
  return Array.isArray(content) ? content : [];
}

/** The digest of the uploaded image that a part shows, if it shows one. */
function digestOf(part: unknown): string[] {
  const image = (part as Partial<ImagePart> | null)?.image_url;
  const digest = typeof image?.url === "string" ? readImageUrl(image.url) : undefined;
  return digest ? [digest] : [];
}

function mediaTypeOf(bytes: Uint8Array): string | undefined {
  const begins = (...start: number[]) => start.every((byte, index) => bytes[index] === byte);
  const ascii = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  if (begins(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (ascii(0, 6) === "GIF87a" || ascii(0, 6) === "GIF89a") return "image/gif";
  if (ascii(0, 4) === "RIFF" && ascii(8, 12) === "WEBP") return "image/webp";
  return undefined;
}
