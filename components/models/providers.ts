/** What can be connected, with what fills the form: any server that speaks OpenAI's protocol does. */
export type ProviderChoice = {
  value: string;
  label: string;
  hint: string;
  baseUrl: string;
  needsKey: boolean;
};

export const providerChoices: readonly ProviderChoice[] = [
  {
    value: "rehearsal",
    label: "Rehearsal",
    hint: "Simulated models, built in: no key, no cost",
    baseUrl: "/rehearsal/v1",
    needsKey: false,
  },
  {
    value: "openai",
    label: "OpenAI",
    hint: "api.openai.com",
    baseUrl: "https://api.openai.com/v1",
    needsKey: true,
  },
  {
    value: "anthropic",
    label: "Anthropic",
    hint: "Its OpenAI-compatible address",
    baseUrl: "https://api.anthropic.com/v1",
    needsKey: true,
  },
  {
    value: "google",
    label: "Google Gemini",
    hint: "Its OpenAI-compatible address",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    needsKey: true,
  },
  {
    value: "mistral_ai",
    label: "Mistral",
    hint: "api.mistral.ai",
    baseUrl: "https://api.mistral.ai/v1",
    needsKey: true,
  },
  {
    value: "deepseek",
    label: "DeepSeek",
    hint: "api.deepseek.com",
    baseUrl: "https://api.deepseek.com/v1",
    needsKey: true,
  },
  {
    value: "groq",
    label: "Groq",
    hint: "api.groq.com",
    baseUrl: "https://api.groq.com/openai/v1",
    needsKey: true,
  },
  {
    value: "ollama",
    label: "Ollama",
    hint: "On this machine",
    baseUrl: "http://localhost:11434/v1",
    needsKey: false,
  },
  {
    value: "vllm",
    label: "vLLM",
    hint: "Your own server",
    baseUrl: "http://localhost:8000/v1",
    needsKey: false,
  },
];

export function providerLabel(provider: string): string {
  return providerChoices.find((choice) => choice.value === provider)?.label ?? provider;
}
