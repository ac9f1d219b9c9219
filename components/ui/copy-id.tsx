"use client";

import { Check } from "lucide-react";
import { useEffect, useState } from "react";
import { classNames } from "./class-names.ts";
import { copyText } from "./copy-text.ts";

type CopyIdProps = {
  id: string;
  /** Characters shown at the start; the whole id is copied and is in the title. */
  shown?: number;
  /** What it is an id of: "trace id". */
  label?: string;
  className?: string;
};

/** A long id, shortened; pressing it copies the whole. */
export function CopyId({ id, shown = 8, label = "id", className }: CopyIdProps) {
  const [isCopied, setCopied] = useState(false);

  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);

  return (
    <button
      type="button"
      title={isCopied ? "Copied" : `${id} (press to copy)`}
      aria-label={isCopied ? "Copied" : `Copy ${label} ${id}`}
      onClick={async () => setCopied(await copyText(id))}
      className={classNames(
        "inline-flex items-center gap-1 rounded-sm font-mono text-xs whitespace-nowrap text-muted hover:text-text hover:underline hover:decoration-dotted hover:underline-offset-3",
        className,
      )}
    >
      {id.length > shown + 2 ? `${id.slice(0, shown)}…` : id}
      {isCopied && <Check className="size-3 text-better" aria-hidden="true" />}
    </button>
  );
}
