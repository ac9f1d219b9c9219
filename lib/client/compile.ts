import type { JsonObject } from "#lib/core/json.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { ChatMessage, PlaceholderValues } from "#lib/prompts/schema.ts";
import { splitProblems } from "#lib/prompts/split-problems.ts";
import { compile as compileContent } from "#lib/prompts/template.ts";
import { type Issue, StemmaError } from "./errors.ts";
import type { Prompt } from "./prompts.ts";

export type CompiledPrompt = {
  /** To send as they are; a text prompt is one user message. */
  messages: ChatMessage[];
  /** The text of a text prompt; null for a chat prompt. */
  text: string | null;
  parameters: SamplingParameters;
  warnings: Issue[];
};

/**
 * Fills a prompt with values, without the network: the very code that the server runs for
 * `POST /api/v1/prompts/{name}/compile`, and the same result. Throws `invalid_input`, one issue per fault, when a
 * required value is missing or of another type than declared.
 *
 * @example
 * const { messages, parameters } = compile(prompt, { ticket: "My invoice is wrong" });
 */
export function compile(
  prompt: Pick<Prompt, "content">,
  variables: JsonObject = {},
  placeholders: PlaceholderValues = {},
): CompiledPrompt {
  const { messages, text, problems } = compileContent(prompt.content, variables, placeholders);
  const { errors, warnings } = splitProblems(problems);
  if (errors.length > 0) throw new StemmaError("invalid_input", errors[0]!.message, { issues: errors });
  return { messages, text, parameters: prompt.content.parameters, warnings };
}
