import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { secret } from "#lib/env.ts";

const version = "v1";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a provider's key with AES-256-GCM (NIST SP 800-38D) under a key derived from the server's secret.
 * `owner` (the connection's id) is authenticated with it, so a box moved to another row does not open.
 * Returns `v1.` and base64url of nonce (12 bytes), tag (16 bytes) and ciphertext.
 */
export function sealSecret(plain: string, owner: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", boxKey(), nonce);
  cipher.setAAD(Buffer.from(owner, "utf8"));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return `${version}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url")}`;
}

/** Opens what `sealSecret` sealed for the same owner. Throws if it was altered or the server's secret changed. */
export function openSecret(box: string, owner: string): string {
  const [boxVersion, payload] = box.split(".");
  if (boxVersion !== version || !payload) throw new Error("This is not a sealed secret of a known version.");
  const bytes = Buffer.from(payload, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", boxKey(), bytes.subarray(0, nonceBytes));
  decipher.setAAD(Buffer.from(owner, "utf8"));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString(
    "utf8",
  );
}

/** The last four characters, by which a person tells keys apart. */
export function keyHint(plain: string): string {
  return plain.length > 8 ? plain.slice(-4) : "";
}

// The server's secret also signs sessions: each use has a key of its own (RFC 5869).
function boxKey(): Buffer {
  return Buffer.from(hkdfSync("sha256", secret(), Buffer.alloc(0), "stemma.provider-key", 32));
}
