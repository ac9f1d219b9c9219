import { AbTests } from "./ab-tests.ts";
import { connect, type StemmaOptions } from "./connection.ts";
import { Prompts } from "./prompts.ts";
import { Scores } from "./scores.ts";

/**
 * Stemma for programs: prompts from memory, A/B assignment, scores. Nothing but `fetch` is needed, so it runs in
 * Node ≥ 18, Deno, Bun, workers and browsers. Make one per process and keep it: what it fetched is remembered in it.
 *
 * @example
 * const stemma = new Stemma({ baseUrl: "https://stemma.example.com", key: "sk-stemma-…" });
 * const prompt = await stemma.prompts.get("support/triage", { fallback: "Sort this ticket: {{ticket}}" });
 * const { messages } = compile(prompt, { ticket });
 */
export class Stemma {
  readonly prompts: Prompts;
  readonly abTests: AbTests;
  readonly scores: Scores;

  constructor(options: StemmaOptions) {
    const send = connect(options);
    this.prompts = new Prompts(send, options);
    this.abTests = new AbTests(send, options);
    this.scores = new Scores(send);
  }
}
