"use client";

import { useEffect, useState } from "react";

const pauseMs = 400;

/**
 * Tokens of each text as o200k_base (GPT-4o and later) counts them; undefined until known. The tokenizer is a
 * megabyte, so it is fetched only when the page has nothing better to do.
 */
export function useTokenCounts(texts: readonly string[]): readonly number[] | undefined {
  const [counts, setCounts] = useState<readonly number[]>();
  const joined = texts.join("\u0000");

  useEffect(() => {
    let isGone = false;
    const timer = setTimeout(() => {
      whenIdle(async () => {
        const { countTokens } = await import("gpt-tokenizer/encoding/o200k_base");
        if (!isGone) setCounts(joined.split("\u0000").map((text) => countTokens(text)));
      });
    }, pauseMs);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [joined]);

  return counts;
}

function whenIdle(task: () => void): void {
  if ("requestIdleCallback" in window) window.requestIdleCallback(task, { timeout: 2000 });
  else setTimeout(task, 200);
}
