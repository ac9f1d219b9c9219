import type { Json } from "#lib/core/json.ts";
import type { Message, Operation } from "../span.ts";
import {
  type Candidate,
  type Dialect,
  list,
  member,
  messages,
  numberOf,
  type Source,
  textOf,
  tokensOf,
  value,
  wordOf,
} from "./dialect.ts";
import { readMessages } from "./messages.ts";
import { parametersIn } from "./parameters.ts";
import { parseJson } from "./parse-json.ts";

const types: Record<string, Operation> = {
  LLM: "chat",
  CHAT_MODEL: "chat",
  EMBEDDING: "embeddings",
  TOOL: "execute_tool",
  AGENT: "invoke_agent",
  CHAIN: "chain",
  WORKFLOW: "invoke_workflow",
  TASK: "chain",
  RETRIEVER: "retrieval",
  RERANKER: "rerank",
  PARSER: "chain",
  EVALUATOR: "evaluator",
  GUARDRAIL: "guardrail",
};

/** MLflow Tracing 2.14 to 3: every attribute is JSON text, a word too (`"CHAT_MODEL"`, quotes included). */
export const mlflow: Dialect = {
  name: "mlflow",
  prefixes: ["mlflow."],
  fields: {
    operation: [(source) => wordOf(typeOf(source), types)],
    provider: [plain("mlflow.llm.provider"), plain("mlflow.chat.provider")],
    requestModel: [plain("mlflow.llm.model"), member("mlflow.spanInputs", ["model"], textOf)],
    responseModel: [member("mlflow.spanOutputs", ["model"], textOf)],
    responseId: [member("mlflow.spanOutputs", ["id"], textOf)],
    inputTokens: [member("mlflow.chat.tokenUsage", ["input_tokens"], tokensOf)],
    outputTokens: [member("mlflow.chat.tokenUsage", ["output_tokens"], tokensOf)],
    cachedInputTokens: [member("mlflow.chat.tokenUsage", ["cache_read_input_tokens"], tokensOf)],
    cacheWriteInputTokens: [member("mlflow.chat.tokenUsage", ["cache_creation_input_tokens"], tokensOf)],
    costUsd: [member("mlflow.llm.cost", ["total_cost"], numberOf)],
    userId: [plain("mlflow.trace.user")],
    sessionId: [plain("mlflow.trace.session")],
    inputMessages: [onModelCall("mlflow.chat.messages", "user"), onModelCall("mlflow.spanInputs", "user")],
    outputMessages: [onModelCall("mlflow.spanOutputs", "assistant")],
    inputValue: [value("mlflow.spanInputs")],
    outputValue: [value("mlflow.spanOutputs")],
    tools: [
      list("mlflow.chat.tools"),
      member("mlflow.spanInputs", ["tools"], (found) =>
        Array.isArray(found) && found.length > 0 ? found : null,
      ),
    ],
    parameters: [parametersIn("mlflow.spanInputs"), parametersIn("mlflow.invocation_params")],
  },
};

function plain(key: string): Candidate<string> {
  return ({ attributes }) => textOf(unquoted(attributes[key]));
}

function typeOf({ attributes }: Source): Json | undefined {
  return unquoted(attributes["mlflow.spanType"]);
}

function unquoted(found: Json | undefined): Json | undefined {
  return typeof found === "string" && found.startsWith('"') ? (parseJson(found) ?? found) : found;
}

function onModelCall(key: string, role: string): Candidate<Message[]> {
  const read = messages(key, (found) => readMessages(found, role));
  return (source) => (wordOf(typeOf(source), types) === "chat" ? read(source) : null);
}
