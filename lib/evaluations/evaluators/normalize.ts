import type { Normalization } from "./config.ts";

/**
 * A text as it is compared: Unicode NFKC, then case, punctuation and symbols, articles as asked, then white space
 * collapsed. A text that is nothing but punctuation keeps it, so that "+" and "-" stay different. Pure.
 */
export function normalize(text: string, options: Normalization): string {
  let result = text.normalize("NFKC");
  if (options.ignoresCase) result = result.toLowerCase();
  if (options.ignoresPunctuation) {
    const bare = result.replace(/['’`´]/gu, "").replace(/[\p{P}\p{S}]/gu, " ");
    if (bare.trim() !== "") result = bare;
  }
  if (options.ignoresArticles)
    result = result.replace(/(?<![\p{L}\p{N}])(?:an?|the)(?![\p{L}\p{N}])/giu, " ");
  return result.replace(/\s+/gu, " ").trim();
}
