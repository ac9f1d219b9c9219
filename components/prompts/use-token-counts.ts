"use client";

import { useEffect, useState } from "react";

const pauseMs = 400;

export type Encoding = "o200k_base" | "cl100k_base";

/** The encoding of OpenAI's models: GPT-4 and GPT-3.5 have an older one than GPT-4o and what came after it. */
export function encodingOf(providerModel: string): Encoding {
  return /(?:^|\/)gpt-(?:4(?!o|\.\d)|3\.5)/.test(providerModel) ? "cl100k_base" : "o200k_base";
}

/**
 * Tokens of each text as an encoding counts them; undefined until known. The tokenizer is a megabyte, so it is fetched
 * only when the page has nothing better to do.
 */
export function useTokenCounts(
  texts: readonly string[],
  encoding: Encoding = "o200k_base",
): readonly number[] | undefined {
  const [counts, setCounts] = useState<readonly number[]>();
  const joined = texts.join("\u0000");

  useEffect(() => {
    let isGone = false;
    const timer = setTimeout(() => {
      whenIdle(async () => {
        const { countTokens } =
          encoding === "cl100k_base"
            ? await import("gpt-tokenizer/encoding/cl100k_base")
            : await import("gpt-tokenizer/encoding/o200k_base");
        if (!isGone) setCounts(joined.split("\u0000").map((text) => countTokens(text, plain)));
      });
    }, pauseMs);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [joined, encoding]);

  return counts;
}

// Text that looks like a control token is text.
const plain = { disallowedSpecial: new Set<string>() };

function whenIdle(task: () => void): void {
  if ("requestIdleCallback" in window) window.requestIdleCallback(task, { timeout: 2000 });
  else setTimeout(task, 200);
}
