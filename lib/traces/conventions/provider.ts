/** The well-known values of `gen_ai.provider.name`; custom ones are kept as they are. */
const known = new Set([
  "openai",
  "anthropic",
  "aws.bedrock",
  "azure.ai.openai",
  "azure.ai.inference",
  "gcp.gemini",
  "gcp.vertex_ai",
  "gcp.gen_ai",
  "cohere",
  "deepseek",
  "groq",
  "mistral_ai",
  "moonshot_ai",
  "perplexity",
  "x_ai",
  "ibm.watsonx.ai",
]);

/** What emitters call them instead. */
const aliases: Record<string, string> = {
  azure: "azure.ai.openai",
  "azure-openai": "azure.ai.openai",
  az_ai_openai: "azure.ai.openai",
  "az.ai.openai": "azure.ai.openai",
  "az.ai.inference": "azure.ai.inference",
  "amazon-bedrock": "aws.bedrock",
  bedrock: "aws.bedrock",
  aws_bedrock: "aws.bedrock",
  google: "gcp.gemini",
  gemini: "gcp.gemini",
  vertexai: "gcp.vertex_ai",
  vertex_ai: "gcp.vertex_ai",
  mistral: "mistral_ai",
  mistralai: "mistral_ai",
  xai: "x_ai",
  watsonx: "ibm.watsonx.ai",
};

/** `openai.chat` (the AI SDK names provider and interface together) is `openai`. */
export function normalizeProvider(name: string | null): string | null {
  if (name === null) return null;
  const lower = name.toLowerCase();
  if (known.has(lower)) return lower;
  const base = lower.split(".", 1)[0]!;
  return aliases[lower] ?? aliases[base] ?? (known.has(base) ? base : lower);
}
