"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { copyText } from "./copy-text.ts";

type CopyButtonProps = { text: string; label?: string; isLabelShown?: boolean; className?: string };

/** Copies a text and says so for two seconds. */
export function CopyButton({ text, label = "Copy", isLabelShown = false, className }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);

  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);

  return (
    <Button
      variant={isLabelShown ? "secondary" : "quiet"}
      size={isLabelShown ? "sm" : "icon"}
      aria-label={isCopied ? "Copied" : label}
      title={label}
      className={className}
      onClick={async () => setCopied(await copyText(text))}
    >
      {isCopied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      {isLabelShown && <span>{isCopied ? "Copied" : label}</span>}
    </Button>
  );
}
