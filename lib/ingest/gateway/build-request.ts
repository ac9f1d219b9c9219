import { AppError } from "#lib/core/errors.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { mergeParameters, toOpenAi } from "#lib/models/parameters.ts";
import { placeholdersOf } from "#lib/prompts/includes.ts";
import type { ChatMessage, PromptContent } from "#lib/prompts/schema.ts";
import { compile } from "#lib/prompts/template.ts";
import { toChatRequest } from "#lib/prompts/to-chat-request.ts";
import type { GatewayCall } from "./read-call.ts";
import type { Target } from "./resolve-target.ts";

/**
 * The chat-completions body for the provider: the prompt filled with the variables, then the caller's messages (in
 * the prompt's first placeholder, if it has one). Parameters: the request's over the variant's and deployment's, over
 * the prompt version's, over the model version's; any other field of the caller's wins as it was sent. Throws
 * `invalid_input` that names each variable at fault.
 */
export function buildChatRequest(call: GatewayCall, target: Target): JsonObject {
  const { messages: _, ...asked } = call.body;
  const own = (call.body.messages ?? []) as unknown as ChatMessage[];
  const content = target.promptVersion?.content ?? null;
  const messages = content ? fill(content, call, own) : own;
  if (messages.length === 0) {
    throw new AppError(
      "invalid_input",
      "There is nothing to send: no prompt is deployed and messages is empty.",
      {
        issues: [{ path: "messages", message: "Send at least one message." }],
      },
    );
  }
  const model = target.modelVersion.providerModel;
  const parameters = mergeParameters(target.modelVersion.parameters, content?.parameters, target.parameters);
  const prepared: JsonObject = content
    ? (toChatRequest(content, messages, { model, parameters }) as unknown as JsonObject)
    : ({ model, messages, ...toOpenAi(parameters, model) } as unknown as JsonObject);
  // One limit under two names: the caller's replaces ours under either.
  if ("max_tokens" in asked || "max_completion_tokens" in asked) {
    delete prepared.max_tokens;
    delete prepared.max_completion_tokens;
  }
  return { ...prepared, ...asked };
}

function fill(content: PromptContent, call: GatewayCall, own: ChatMessage[]): ChatMessage[] {
  const [place] = placeholdersOf(content);
  const { messages, problems } = compile(
    content,
    call.variables,
    place === undefined ? {} : { [place]: own },
  );
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) {
    throw new AppError("invalid_input", errors.map((error) => error.message).join(" "), {
      issues: errors.map((error) => ({ path: `variables.${error.name ?? ""}`, message: error.message })),
    });
  }
  return place === undefined ? [...messages, ...own] : messages;
}
