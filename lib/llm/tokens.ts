import { singleton } from "#lib/core/singleton.ts";

export type Tokenizer = typeof import("gpt-tokenizer/encoding/o200k_base");

/** OpenAI's encodings: of GPT-4o and everything after it, and of GPT-4 and GPT-3.5. */
export type Encoding = "o200k_base" | "cl100k_base";

/** o200k_base takes 150 ms and 70 MB to load: only a process that counts tokens pays for it, once. */
export function loadTokenizer(encoding: Encoding = "o200k_base"): Promise<Tokenizer> {
  if (encoding === "o200k_base") return singleton("o200k", () => import("gpt-tokenizer/encoding/o200k_base"));
  return singleton("cl100k", async () => (await import("gpt-tokenizer/encoding/cl100k_base")) as Tokenizer);
}

/** The text cut into o200k_base tokens; bytes of one character that span several tokens stay together. */
export function splitTokens(tokenizer: Tokenizer, text: string): string[] {
  return [...tokenizer.decodeGenerator(tokenizer.encode(text, plain))];
}

/** Tokens of a text, as o200k_base counts; text that looks like a control token is text. */
export function countTokens(tokenizer: Tokenizer, text: string): number {
  return tokenizer.countTokens(text, plain);
}

const plain = { disallowedSpecial: new Set<string>() };
