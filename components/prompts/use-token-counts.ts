"use client";

import { useEffect, useRef, useState } from "react";
import type { Encoding } from "#lib/llm/tokens.ts";
import { usePromptSources } from "./prompt-sources.tsx";

/** The encoding of OpenAI's models: GPT-4 and GPT-3.5 have an older one than GPT-4o and what came after it. */
export function encodingOf(providerModel: string): Encoding {
  return /(?:^|\/)gpt-(?:4(?!o|\.\d)|3\.5)/.test(providerModel) ? "cl100k_base" : "o200k_base";
}

const pauseMs = 400;

/** Tokens of each text as an encoding counts them; undefined until known. Only texts that are new are sent. */
export function useTokenCounts(
  texts: readonly string[],
  encoding: Encoding = "o200k_base",
): readonly number[] | undefined {
  const { countTokens } = usePromptSources();
  const known = useRef(new Map<string, number>());
  const latest = useRef(texts);
  latest.current = texts;
  const [counts, setCounts] = useState<readonly number[]>();
  const joined = texts.join("\u0000");

  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts are the same while they read the same
  useEffect(() => {
    if (!countTokens) return;
    let isGone = false;
    const keyOf = (text: string) => `${encoding} ${text}`;
    const timer = setTimeout(async () => {
      const asked = latest.current;
      const unknown = [...new Set(asked)].filter((text) => !known.current.has(keyOf(text)));
      const found = unknown.length > 0 ? await countTokens(unknown, encoding).catch(() => null) : [];
      if (isGone || found?.length !== unknown.length) return;
      const next = new Map(asked.map((text) => [keyOf(text), known.current.get(keyOf(text)) ?? 0]));
      for (const [index, text] of unknown.entries()) next.set(keyOf(text), found[index]!);
      known.current = next;
      setCounts(asked.map((text) => next.get(keyOf(text))!));
    }, pauseMs);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [joined, encoding, countTokens]);

  return counts;
}
