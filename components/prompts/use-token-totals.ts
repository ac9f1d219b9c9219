"use client";

import { useMemo } from "react";
import type { Encoding } from "#lib/llm/tokens.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { textsOf } from "#lib/prompts/texts.ts";
import { useTokenCounts } from "./use-token-counts.ts";

export type TokenTotals = { perMessage: number[]; total: number };

/** Tokens of each message and of all, as they are written; undefined until the tokenizer has come. */
export function useTokenTotals(content: PromptContent, encoding?: Encoding): TokenTotals | undefined {
  const texts = useMemo(() => textsOf(content), [content]);
  const counts = useTokenCounts(
    texts.map((each) => each.text),
    encoding,
  );
  if (!counts || counts.length !== texts.length) return undefined;
  const perMessage: number[] = [];
  for (const [place, { path }] of texts.entries()) {
    const index = Number(path.split(".")[1] ?? 0);
    perMessage[index] = (perMessage[index] ?? 0) + counts[place]!;
  }
  return { perMessage, total: counts.reduce((sum, count) => sum + count, 0) };
}
