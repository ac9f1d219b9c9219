"use client";

import { ImageUp, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { readImageUrl } from "#lib/prompts/image-url.ts";
import type { ContentPart } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { showError } from "../ui/toast.tsx";
import { usePromptSources } from "./prompt-sources.tsx";

type Image = Extract<ContentPart, { type: "image_url" }>;

type ImagePartProps = {
  part: Image;
  isReadOnly: boolean;
  /** null removes the image. */
  onPart: (part: Image | null) => void;
};

/** An image of a message: an address, a variable, or a file that is kept with the project. */
export function ImagePart({ part, isReadOnly, onPart }: ImagePartProps) {
  const { slug } = usePromptSources();
  const file = useRef<HTMLInputElement>(null);
  const [isUploading, setUploading] = useState(false);
  const { url, detail } = part.image_url;
  const digest = readImageUrl(url);
  const shown = digest && slug ? `/api/v1/images/${digest}?project=${encodeURIComponent(slug)}` : url;
  const set = (image: Partial<Image["image_url"]>) =>
    onPart({ ...part, image_url: { ...part.image_url, ...image } });

  async function upload(chosen: File | undefined) {
    if (!chosen || !slug) return;
    setUploading(true);
    try {
      const response = await fetch("/api/v1/images", {
        method: "POST",
        headers: { "x-stemma-project": slug, "content-type": chosen.type || "application/octet-stream" },
        body: chosen,
      });
      const answer = (await response.json()) as { url?: string; error?: { message: string } };
      if (answer.url) set({ url: answer.url });
      else showError(answer.error?.message ?? "The image could not be kept. Try again.");
    } catch {
      showError("The server could not be reached. Check the connection and try again.");
    } finally {
      setUploading(false);
      if (file.current) file.current.value = "";
    }
  }

  return (
    <div className="flex flex-wrap items-center gap-2 p-2">
      {/^(https?:|data:image\/|\/api\/)/.test(shown) && !shown.includes("{{") && (
        // biome-ignore lint/performance/noImgElement: the address is the user's own and may be anywhere
        <img src={shown} alt="" className="size-14 rounded-md border border-border object-cover" />
      )}
      <Input
        isCode
        aria-label="Image address"
        placeholder="https://… or {{image}}"
        className="min-w-40 flex-1"
        value={url}
        readOnly={isReadOnly}
        onValueChange={(next) => set({ url: next })}
      />
      {!isReadOnly && slug && (
        <>
          <input
            ref={file}
            type="file"
            className="sr-only"
            tabIndex={-1}
            aria-label="Image file"
            accept="image/png,image/jpeg,image/gif,image/webp"
            onChange={(event) => void upload(event.target.files?.[0])}
          />
          <Button size="sm" isPending={isUploading} onClick={() => file.current?.click()}>
            <ImageUp aria-hidden="true" />
            Upload
          </Button>
        </>
      )}
      <Select
        aria-label="Image detail"
        className="max-w-24"
        options={detailOptions}
        value={detail ?? "auto"}
        isDisabled={isReadOnly}
        onValueChange={(next) => set({ detail: next })}
      />
      {!isReadOnly && (
        <Button variant="quiet" size="icon" aria-label="Remove image" onClick={() => onPart(null)}>
          <Trash2 aria-hidden="true" />
        </Button>
      )}
    </div>
  );
}

const detailOptions = [
  { value: "auto", label: "Auto" },
  { value: "low", label: "Low" },
  { value: "high", label: "High" },
] as const;
