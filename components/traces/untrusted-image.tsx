"use client";

import { ImageIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { formatBytes } from "#components/ui/format.ts";

type UntrustedImageProps = {
  url: string | null;
  mediaType?: string | null;
  bytesBase64?: string | null;
  label?: string;
};

/**
 * An image of a trace, fetched only when asked: its address was written by the user of someone's product, and
 * fetching it tells its host who looks.
 */
export function UntrustedImage({ url, mediaType, bytesBase64, label }: UntrustedImageProps) {
  const [isShown, setShown] = useState(false);
  const source = imageSource(url, mediaType ?? null, bytesBase64 ?? null);
  if (!source) {
    return <span className="text-muted">Image that can't be shown{url && `: ${url.slice(0, 200)}`}</span>;
  }
  if (isShown) {
    return (
      // biome-ignore lint/performance/noImgElement: next/image would fetch it from the server, unasked
      <img
        src={source.src}
        alt={label || "From the trace"}
        referrerPolicy="no-referrer"
        className="max-h-96 max-w-full rounded-md border border-border"
      />
    );
  }
  return (
    <Button size="sm" onClick={() => setShown(true)}>
      <ImageIcon aria-hidden="true" />
      Show image {source.from}
    </Button>
  );
}

const rasterPattern = /^image\/(png|jpeg|gif|webp|avif)$/;

/** What an `<img>` may load: http and https, and raster images inside the trace. */
export function imageSource(
  url: string | null,
  mediaType: string | null,
  bytesBase64: string | null,
): { src: string; from: string } | null {
  if (bytesBase64) {
    const type = mediaType ?? "image/png";
    if (!rasterPattern.test(type)) return null;
    return {
      src: `data:${type};base64,${bytesBase64}`,
      from: `(${type.slice(6)}, ${formatBytes(Math.floor((bytesBase64.replace(/=+$/, "").length * 3) / 4))})`,
    };
  }
  const data = url && /^data:([a-z/+.-]+);base64,([A-Za-z0-9+/=]+)$/.exec(url);
  if (data) return imageSource(null, data[1]!, data[2]!);
  if (!url || !URL.canParse(url)) return null;
  const { protocol, host } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? { src: url, from: `from ${host}` } : null;
}
