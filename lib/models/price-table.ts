/**
 * Public list prices, US dollars per million tokens, standard tier, short context, as last reviewed on
 * `priceTableVersion`. A row holds from `from` until the next row of the same model. Batch, priority and regional
 * surcharges are not in it: a project's own prices override any row.
 *
 * Sources: the providers' public price pages (openai.com/api/pricing, anthropic.com/pricing,
 * ai.google.dev/pricing, mistral.ai/pricing, api-docs.deepseek.com, console.groq.com, docs.x.ai), the newest ones as
 * several public price tables agree on them. A model that is not here has no price. The rehearsal models' prices are invented, in the proportions of a large and a small real model.
 */
export const priceTableVersion = "2025-12-01";

export type PriceRow = {
  /** A model's name; a trailing `*` matches any ending. */
  model: string;
  from: string;
  input: number;
  output: number;
  cachedInput?: number;
  cacheWrite?: number;
  /** Where reasoning tokens cost otherwise than output. */
  reasoning?: number;
};

const launch = "2020-01-01";

export const priceTable: readonly PriceRow[] = [
  { model: "gpt-5", from: launch, input: 1.25, cachedInput: 0.125, output: 10 },
  { model: "gpt-5-mini", from: launch, input: 0.25, cachedInput: 0.025, output: 2 },
  { model: "gpt-5-nano", from: launch, input: 0.05, cachedInput: 0.005, output: 0.4 },
  { model: "gpt-5-chat-latest", from: launch, input: 1.25, cachedInput: 0.125, output: 10 },
  { model: "gpt-5-codex", from: launch, input: 1.25, cachedInput: 0.125, output: 10 },
  { model: "gpt-5-pro", from: launch, input: 15, output: 120 },
  { model: "gpt-5.1", from: launch, input: 1.25, cachedInput: 0.125, output: 10 },
  { model: "gpt-5.1-codex", from: launch, input: 1.25, cachedInput: 0.125, output: 10 },
  { model: "gpt-5.1-chat-latest", from: launch, input: 1.25, cachedInput: 0.125, output: 10 },
  { model: "gpt-5.2", from: launch, input: 1.75, cachedInput: 0.175, output: 14 },
  { model: "gpt-5.2-pro", from: launch, input: 21, output: 168 },
  { model: "gpt-4.1", from: launch, input: 2, cachedInput: 0.5, output: 8 },
  { model: "gpt-4.1-mini", from: launch, input: 0.4, cachedInput: 0.1, output: 1.6 },
  { model: "gpt-4.1-nano", from: launch, input: 0.1, cachedInput: 0.025, output: 0.4 },
  { model: "gpt-4o-2024-05-13", from: launch, input: 5, output: 15 },
  { model: "gpt-4o", from: launch, input: 2.5, cachedInput: 1.25, output: 10 },
  { model: "chatgpt-4o-latest", from: launch, input: 5, output: 15 },
  { model: "gpt-4o-mini", from: launch, input: 0.15, cachedInput: 0.075, output: 0.6 },
  { model: "gpt-4-turbo", from: launch, input: 10, output: 30 },
  { model: "gpt-4-turbo-preview", from: launch, input: 10, output: 30 },
  { model: "gpt-4-0125-preview", from: launch, input: 10, output: 30 },
  { model: "gpt-4-1106-preview", from: launch, input: 10, output: 30 },
  { model: "gpt-4.5-preview", from: launch, input: 75, cachedInput: 37.5, output: 150 },
  { model: "gpt-4", from: launch, input: 30, output: 60 },
  { model: "gpt-4-32k", from: launch, input: 60, output: 120 },
  { model: "gpt-3.5-turbo", from: launch, input: 0.5, output: 1.5 },
  { model: "gpt-3.5-turbo-1106", from: launch, input: 1, output: 2 },
  { model: "gpt-3.5-turbo-instruct", from: launch, input: 1.5, output: 2 },
  { model: "o1", from: launch, input: 15, cachedInput: 7.5, output: 60 },
  { model: "o1-preview", from: launch, input: 15, cachedInput: 7.5, output: 60 },
  { model: "o1-pro", from: launch, input: 150, output: 600 },
  { model: "o1-mini", from: launch, input: 1.1, cachedInput: 0.55, output: 4.4 },
  { model: "o3", from: launch, input: 10, cachedInput: 2.5, output: 40 },
  { model: "o3", from: "2025-06-10", input: 2, cachedInput: 0.5, output: 8 },
  { model: "o3-pro", from: launch, input: 20, output: 80 },
  { model: "o3-mini", from: launch, input: 1.1, cachedInput: 0.55, output: 4.4 },
  { model: "o4-mini", from: launch, input: 1.1, cachedInput: 0.275, output: 4.4 },
  { model: "text-embedding-3-small", from: launch, input: 0.02, output: 0 },
  { model: "text-embedding-3-large", from: launch, input: 0.13, output: 0 },
  { model: "text-embedding-ada-002", from: launch, input: 0.1, output: 0 },

  { model: "claude-opus-4-1", from: launch, input: 15, cachedInput: 1.5, cacheWrite: 18.75, output: 75 },
  { model: "claude-opus-4", from: launch, input: 15, cachedInput: 1.5, cacheWrite: 18.75, output: 75 },
  { model: "claude-opus-4-0", from: launch, input: 15, cachedInput: 1.5, cacheWrite: 18.75, output: 75 },
  { model: "claude-opus-4-5", from: launch, input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 },
  { model: "claude-opus-4-6", from: launch, input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 },
  { model: "claude-opus-4-7", from: launch, input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 },
  { model: "claude-opus-4-8", from: launch, input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 },
  { model: "claude-sonnet-4", from: launch, input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
  { model: "claude-sonnet-4-0", from: launch, input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
  { model: "claude-sonnet-4-5", from: launch, input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
  { model: "claude-sonnet-4-6", from: launch, input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
  { model: "claude-haiku-4-5", from: launch, input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 5 },
  { model: "claude-3-7-sonnet", from: launch, input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
  { model: "claude-3-5-sonnet", from: launch, input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
  { model: "claude-3-5-haiku", from: launch, input: 0.8, cachedInput: 0.08, cacheWrite: 1, output: 4 },
  { model: "claude-3-opus", from: launch, input: 15, cachedInput: 1.5, cacheWrite: 18.75, output: 75 },
  { model: "claude-3-sonnet", from: launch, input: 3, output: 15 },
  { model: "claude-3-haiku", from: launch, input: 0.25, cachedInput: 0.03, cacheWrite: 0.3, output: 1.25 },

  { model: "gemini-2.5-pro", from: launch, input: 1.25, cachedInput: 0.31, output: 10 },
  { model: "gemini-2.5-flash", from: launch, input: 0.3, cachedInput: 0.075, output: 2.5 },
  { model: "gemini-2.5-flash-lite", from: launch, input: 0.1, cachedInput: 0.025, output: 0.4 },
  { model: "gemini-2.0-flash", from: launch, input: 0.1, cachedInput: 0.025, output: 0.4 },
  { model: "gemini-2.0-flash-lite", from: launch, input: 0.075, output: 0.3 },
  { model: "gemini-1.5-pro", from: launch, input: 1.25, cachedInput: 0.3125, output: 5 },
  { model: "gemini-1.5-flash", from: launch, input: 0.075, cachedInput: 0.01875, output: 0.3 },

  { model: "mistral-large", from: launch, input: 2, output: 6 },
  { model: "mistral-medium", from: launch, input: 0.4, output: 2 },
  { model: "mistral-small", from: launch, input: 0.1, output: 0.3 },
  { model: "codestral", from: launch, input: 0.3, output: 0.9 },
  { model: "deepseek-chat", from: launch, input: 0.27, cachedInput: 0.07, output: 1.1 },
  { model: "deepseek-chat", from: "2025-09-05", input: 0.56, cachedInput: 0.07, output: 1.68 },
  { model: "deepseek-chat", from: "2025-09-29", input: 0.28, cachedInput: 0.028, output: 0.42 },
  { model: "deepseek-reasoner", from: launch, input: 0.55, cachedInput: 0.14, output: 2.19 },
  { model: "deepseek-reasoner", from: "2025-09-05", input: 0.56, cachedInput: 0.07, output: 1.68 },
  { model: "deepseek-reasoner", from: "2025-09-29", input: 0.28, cachedInput: 0.028, output: 0.42 },
  { model: "grok-4", from: launch, input: 3, cachedInput: 0.75, output: 15 },
  { model: "grok-4-fast*", from: launch, input: 0.2, cachedInput: 0.05, output: 0.5 },
  { model: "grok-3", from: launch, input: 3, cachedInput: 0.75, output: 15 },
  { model: "grok-3-mini", from: launch, input: 0.3, cachedInput: 0.075, output: 0.5 },
  { model: "llama-3.3-70b-versatile", from: launch, input: 0.59, output: 0.79 },
  { model: "llama-3.1-8b-instant", from: launch, input: 0.05, output: 0.08 },

  { model: "rehearsal-large", from: launch, input: 2.5, cachedInput: 1.25, output: 10 },
  { model: "rehearsal-small", from: launch, input: 0.15, cachedInput: 0.075, output: 0.6 },
  { model: "rehearsal-flaky", from: launch, input: 0.15, cachedInput: 0.075, output: 0.6 },
  { model: "rehearsal-embedding", from: launch, input: 0.02, output: 0 },
];
