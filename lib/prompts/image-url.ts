const prefix = "stemma-image:";

/** The address of an uploaded image in a content: its bytes' SHA-256, so that the same image is the same content. */
export function imageUrlOf(digest: string): string {
  return `${prefix}${digest}`;
}

/** The digest that an address names; undefined for any other address. */
export function readImageUrl(url: string): string | undefined {
  return url.startsWith(prefix) && /^[0-9a-f]{64}$/.test(url.slice(prefix.length))
    ? url.slice(prefix.length)
    : undefined;
}
