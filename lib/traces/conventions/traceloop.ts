import type { Operation } from "../span.ts";
import { type Dialect, flattened, list, prefixed, text, tokens, value, word } from "./dialect.ts";
import { parametersUnder } from "./parameters.ts";

const kinds: Record<string, Operation> = {
  workflow: "invoke_workflow",
  task: "chain",
  agent: "invoke_agent",
  tool: "execute_tool",
  session: "chain",
};

const requestTypes: Record<string, Operation> = {
  chat: "chat",
  completion: "text_completion",
  embedding: "embeddings",
  rerank: "rerank",
};

/**
 * Traceloop / OpenLLMetry: the SDK's envelope, and the keys of its older instrumentations that OpenTelemetry never
 * had. Their content (`gen_ai.prompt.N.…`) and the newer ones' is read by `otel.ts`.
 */
export const traceloop: Dialect = {
  name: "traceloop",
  prefixes: ["traceloop.", "llm.request.type", "llm.request.functions", "llm.usage.", "llm.top_k"],
  scopes: ["@traceloop/*"],
  fields: {
    operation: [word("traceloop.span.kind", kinds), word("llm.request.type", requestTypes)],
    cachedInputTokens: [
      tokens("gen_ai.usage.cache_read_input_tokens"),
      tokens("llm.usage.cache_read_input_tokens"),
    ],
    cacheWriteInputTokens: [tokens("llm.usage.cache_creation_input_tokens")],
    reasoningOutputTokens: [tokens("llm.usage.reasoning_tokens")],
    userId: [
      text("traceloop.association.properties.user_id"),
      text("traceloop.association.properties.userId"),
    ],
    sessionId: [
      text("traceloop.association.properties.session_id"),
      text("traceloop.association.properties.sessionId"),
      text("traceloop.association.properties.conversation_id"),
    ],
    promptName: [text("traceloop.prompt.key")],
    promptVersion: [text("traceloop.prompt.version"), text("traceloop.prompt.version_hash")],
    variables: [prefixed("traceloop.prompt.template_variables.")],
    inputValue: [value("traceloop.entity.input")],
    outputValue: [value("traceloop.entity.output")],
    tools: [
      list("llm.request.functions"),
      ({ attributes }) => flattened(attributes, "llm.request.functions."),
    ],
    parameters: [parametersUnder("llm.")],
    metadata: [prefixed("traceloop.association.properties.")],
  },
};
