import type { Operation } from "#lib/traces/span.ts";

/** A name that the filter language knows, and what may stand after it. */
export type FilterField = {
  name: string;
  /** Other spellings of the name. */
  aliases: readonly string[];
  kind: "text" | "choice" | "duration" | "money" | "count" | "score";
  /** What it means, beside the suggestion. */
  label: string;
  /** A whole term, as an example. */
  example: string;
  choices?: readonly string[];
};

const operations: readonly Operation[] = [
  "chat",
  "text_completion",
  "generate_content",
  "embeddings",
  "rerank",
  "retrieval",
  "execute_tool",
  "create_agent",
  "invoke_agent",
  "invoke_workflow",
  "agent_step",
  "guardrail",
  "evaluator",
  "prompt",
  "chain",
  "other",
];

/** Every name of the filter language, in the order in which they are suggested. */
export const filterFields = [
  choice("status", "Whether it failed", ["ok", "error"]),
  text("prompt", "Prompt name", "prompt:support/reply", ["prompt_name"]),
  text("version", "Prompt version, with prompt:", "version:7", ["prompt_version"]),
  text("label", "Label that points at the version now", "label:production"),
  text("model", "Model asked for or answered with", "model:gpt-4.1-mini"),
  text("provider", "Provider", "provider:openai"),
  text("abtest", "A/B test's key", "abtest:tone", ["ab_test", "ab-test", "test"]),
  text("variant", "Variant's key, with abtest:", "variant:B"),
  text("deployment", "Deployment", "deployment:support"),
  text("user", "User id", "user:u-17", ["user_id", "userid"]),
  text("session", "Session id", "session:s-9", ["session_id", "sessionid", "conversation"]),
  text("tag", "Tag", "tag:beta", ["tags"]),
  text("env", "Environment", "env:production", ["environment"]),
  text("service", "Service name", "service:checkout"),
  text("release", "Release", "release:2026.11"),
  text("name", "Span name", "name:chat"),
  text("error", "Type of error", "error:rate_limit", ["error_type"]),
  choice("op", "What the span did", operations, ["operation"]),
  { name: "latency", aliases: ["duration"], kind: "duration", label: "Duration", example: "latency>2s" },
  {
    name: "ttft",
    aliases: ["time_to_first_token"],
    kind: "duration",
    label: "Time to first token",
    example: "ttft>500ms",
  },
  { name: "cost", aliases: ["usd"], kind: "money", label: "Cost, US dollars", example: "cost>0.01" },
  {
    name: "tokens",
    aliases: ["total_tokens"],
    kind: "count",
    label: "Tokens in and out",
    example: "tokens>4k",
  },
  {
    name: "score",
    aliases: ["scores"],
    kind: "score",
    label: "A score by its name",
    example: "score.helpful>=0.5",
  },
  choice("has", "What it has", ["feedback", "error", "user", "session", "prompt"]),
] as const satisfies readonly FilterField[];

export type FilterName = (typeof filterFields)[number]["name"];

/** The field of that name or spelling; null when the language does not know it. */
export function fieldOf(name: string): (FilterField & { name: FilterName }) | null {
  const wanted = name.toLowerCase();
  return (
    filterFields.find(
      (field: FilterField) => field.name === wanted || field.aliases.some((alias) => alias === wanted),
    ) ?? null
  );
}

function text<const Name extends string>(
  name: Name,
  label: string,
  example: string,
  aliases: readonly string[] = [],
) {
  return { name, aliases, kind: "text", label, example } as const;
}

function choice<const Name extends string>(
  name: Name,
  label: string,
  choices: readonly string[],
  aliases: readonly string[] = [],
) {
  return { name, aliases, kind: "choice", label, example: `${name}:${choices.at(-1)}`, choices } as const;
}
