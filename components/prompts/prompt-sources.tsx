"use client";

import { createContext, use } from "react";
import type { Encoding } from "#lib/llm/tokens.ts";
import type { IncludablePrompt } from "#lib/prompts/list-includable.ts";

export type KeyboardStyle = "plain" | "vim" | "emacs";

/** What the editors of one page have in common. */
export type PromptSources = {
  /** Of the project, for the addresses of images. */
  slug?: string;
  /** Whose keys they answer to. */
  keyboard: KeyboardStyle;
  /** The prompts that can be included; fetched when they are first asked for. */
  listPrompts: () => Promise<readonly IncludablePrompt[]>;
  /** Tokens of each text; without it none are shown. */
  countTokens?: (texts: readonly string[], encoding: Encoding) => Promise<readonly number[]>;
};

const Sources = createContext<PromptSources>({
  keyboard: "plain",
  listPrompts: async () => [],
});

/** Gives every template editor below it the page's sources; without it nothing is completed but variables. */
export const PromptSourcesProvider = Sources.Provider;

export function usePromptSources(): PromptSources {
  return use(Sources);
}
