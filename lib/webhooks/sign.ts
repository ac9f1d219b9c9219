import { createHmac, randomBytes } from "node:crypto";

/** A new secret: `whsec_` and 32 random bytes in base64, as the Standard Webhooks specification writes it. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/**
 * The headers by which a receiver knows that a delivery is ours, whole and recent: Standard Webhooks 1.0.0, so that
 * its libraries verify it. The signature is `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; the timestamp
 * is in seconds.
 */
export function signedHeaders(input: { secret: string; id: string; at: Date; body: string }) {
  const timestamp = String(Math.floor(input.at.getTime() / 1000));
  const key = Buffer.from(input.secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key)
    .update(`${input.id}.${timestamp}.${input.body}`)
    .digest("base64");
  return { "webhook-id": input.id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}
